import { unknownOption } from '../core/check-options.ts';
import { closestName } from '../core/closest-name.ts';
import { fetchOptionNames, kyOptionRules } from '../core/ky-option-rules.ts';
import type { FetchOptions } from '../core/request.ts';

/** What `fetch` reads of its options. Not the signal: a Request would leave a listener on the caller's. */
export const requestOptionNames = [
  'method',
  'body',
  'headers',
  'cache',
  'credentials',
  'duplex',
  'integrity',
  'keepalive',
  'mode',
  'redirect',
  'referrer',
  'referrerPolicy',
] as const;

const callOptionNames = ['retry', 'timeout', 'bodyTimeout', 'totalTimeout'];

/** What `client.fetch` reads itself: the Fetch standard's options but `window`, and those of a call. */
const handled: ReadonlySet<string> = new Set([...requestOptionNames, 'signal', ...callOptionNames]);

/** Options of a client, or of ky: given to `client.fetch`, they would have no effect. */
const otherNames: ReadonlySet<string> = new Set([
  ...Object.keys(kyOptionRules).filter((name) => !fetchOptionNames.has(name)),
  'concurrency',
  'maxResponseBytes',
  'redirects',
  'insecureHttp',
  'userAgent',
]);

/**
 * Finds the options that go to the network as they are, such as `priority`, or `next` of Next.js; `undefined` when there
 * are none.
 *
 * Unlike a call by ky's methods, `client.fetch` accepts names that it does not know: libraries pass what only their own
 * `fetch` reads.
 *
 * @throws ConfigError for an option of ky or of the client, and for a misspelt option of a call
 */
export function readExtraOptions(init: object): FetchOptions | undefined {
  let extra: Record<string, unknown> | undefined;
  for (const name in init) {
    if (handled.has(name) || !Object.hasOwn(init, name)) continue;
    const value: unknown = Reflect.get(init, name);
    if (value === undefined) continue;
    if (!fetchOptionNames.has(name)) checkName(name);
    (extra ??= {})[name] = value;
  }
  return extra;
}

function checkName(name: string): void {
  if (!otherNames.has(name) && closestName(name, callOptionNames) === undefined) return;
  throw unknownOption(name, callOptionNames, { owner: 'client.fetch' });
}
