import { UsageError } from '../../usage-error.ts';

/**
 * Resolves a path against the base URL, in the same way as the client.
 *
 * @throws UsageError when the result has another origin, to which the credential must not be sent
 */
export function resolveTarget(baseUrl: string, path: string): string {
  const base = new URL(baseUrl);
  const target = URL.parse(path, base.href);
  if (target === null) throw new UsageError('the path is not a valid path or URL; nothing was sent');
  if (target.username !== '' || target.password !== '') {
    throw new UsageError('the path contains a user or a password; put credentials into the config');
  }
  if (target.origin === base.origin) return target.href;
  const targetName = target.origin === 'null' ? target.protocol : target.origin;
  throw new UsageError(
    `the path leads to ${targetName}, but this client calls only ${base.origin}; nothing was sent\n` +
      `  use a path such as v1/orders, or add a client for ${targetName} to the config`,
  );
}
