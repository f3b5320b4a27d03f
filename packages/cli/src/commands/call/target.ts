import { UsageError } from '../../usage-error.ts';

/**
 * Where a path leads: resolved against the base URL, as the client itself does it.
 *
 * @throws UsageError when it leads to another origin: a credential does not go there
 */
export function targetOf(baseUrl: string, path: string): string {
  const home = new URL(baseUrl);
  const target = URL.parse(path, home.href);
  if (target === null) throw new UsageError('the path is no path, and no URL; nothing was sent');
  if (target.username !== '' || target.password !== '') {
    throw new UsageError('the path carries a user or a password; credentials are what the config is for');
  }
  if (target.origin === home.origin) return target.href;
  const there = target.origin === 'null' ? target.protocol : target.origin;
  throw new UsageError(
    `the path leads to ${there}, and the client is for ${home.origin} only; nothing was sent\n` +
      `  give a path, such as v1/orders, or add a client for ${there} to the config`,
  );
}
