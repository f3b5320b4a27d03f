import type { Clock } from '@bearings/client';
import { acquireLimitMs } from '../../time/acquire-within.ts';
import { withTimeout } from '../../time/with-timeout.ts';

/** No token response is larger, in bytes. */
const maxBytes = 1024 * 1024;

/**
 * Whether a token response names the granted scopes; `undefined` for another response, and for one that does not end.
 *
 * Reads a copy of the body, and never more than 1 MiB or longer than a token request may take.
 */
export async function readNamesScopes(response: Response, clock: Clock): Promise<boolean | undefined> {
  const isJson = /^application\/json\b/i.test(response.headers.get('content-type') ?? '');
  const body = response.status === 200 && isJson ? response.clone().body : null;
  if (body === null) return undefined;
  const reader = body.getReader();
  try {
    const text = await withTimeout(acquireLimitMs, clock, () => readText(reader));
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== 'object' || answer === null || !('access_token' in answer)) return undefined;
    return 'scope' in answer && answer.scope !== null;
  } catch {
    return undefined; // the token check reports what is wrong with it
  } finally {
    reader.cancel().catch(() => {}); // the other copy is still read
  }
}

async function readText(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for (let bytes = 0; ;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    if (bytes > maxBytes) throw new RangeError('The token response is too large');
    text += decoder.decode(value, { stream: true });
  }
}
