import type { Auth } from '@bearings/config';
import { UsageError } from '../../usage-error.ts';

/**
 * Reads the values of `-H`.
 *
 * @param auth - of the client, whose credential header cannot be set
 * @throws UsageError, whose message shows no header value
 */
export function parseHeaderArguments(given: readonly string[], auth: Auth): Headers {
  const headers = new Headers();
  for (const each of given) {
    const colon = each.indexOf(':');
    const name = each.slice(0, Math.max(0, colon)).trim();
    if (name === '') throw new UsageError("-H needs 'name: value'; one has no name or no colon");
    assertNotCredential(name, auth);
    append(headers, name, each.slice(colon + 1).trim());
  }
  return headers;
}

function assertNotCredential(name: string, auth: Auth): void {
  if (auth.type === 'none') return;
  const own = auth.type === 'api_key' ? auth.header : 'authorization';
  const lower = name.toLowerCase();
  if (lower !== 'authorization' && lower !== own.toLowerCase()) return;
  throw new UsageError(
    `-H cannot set ${name}: the config sets this client's credential (${auth.type}). ` +
      'Change auth in the config instead; every user of this machine can see a secret on the command line',
  );
}

function append(headers: Headers, name: string, value: string): void {
  try {
    headers.append(name, value);
  } catch {
    throw new UsageError(`-H ${JSON.stringify(name)} has a name or value that HTTP does not allow`);
  }
}
