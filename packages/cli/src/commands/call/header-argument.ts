import type { Auth } from '@bearings/config';
import { UsageError } from '../../usage-error.ts';

/**
 * The headers that `-H` names.
 *
 * @param auth - of the client: whose credential is not to be replaced
 * @throws UsageError that shows no value
 */
export function headersOf(given: readonly string[], auth: Auth): Headers {
  const headers = new Headers();
  for (const each of given) {
    const colon = each.indexOf(':');
    const name = each.slice(0, Math.max(0, colon)).trim();
    if (name === '') throw new UsageError("-H takes 'name: value'; here one has no name or no colon");
    mustBeFree(name, auth);
    append(headers, name, each.slice(colon + 1).trim());
  }
  return headers;
}

function mustBeFree(name: string, auth: Auth): void {
  if (auth.type === 'none') return;
  const own = auth.type === 'api_key' ? auth.header : 'authorization';
  const lower = name.toLowerCase();
  if (lower !== 'authorization' && lower !== own.toLowerCase()) return;
  throw new UsageError(
    `-H cannot set ${name}: this client's credential is in the config (${auth.type}), and it alone is sent. ` +
      'A secret on the command line is seen by every user of the machine',
  );
}

function append(headers: Headers, name: string, value: string): void {
  try {
    headers.append(name, value);
  } catch {
    throw new UsageError(`-H ${JSON.stringify(name)} has a name or a value that HTTP does not allow`);
  }
}
