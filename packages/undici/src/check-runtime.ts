import { ConfigError } from '@bearings/client/errors';

/**
 * Checks that the runtime has undici's connections: Bun replaces the package by a part of it.
 *
 * @param owner - what needs them, for the error
 * @throws ConfigError
 */
export function checkRuntime(agent: { readonly prototype: object }, owner: string): void {
  if ('dispatch' in agent.prototype) return;
  throw new ConfigError(
    'transport',
    `${owner} needs Node.js or Deno: this runtime, such as Bun, has no complete undici. Use a client without it, over fetch`,
  );
}
