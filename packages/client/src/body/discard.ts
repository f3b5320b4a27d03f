import { systemClock } from '../time/clock.ts';
import type { Clock } from '../time/clock.ts';

/** As much of a discarded body as is read to keep its connection, and for as long. Beyond it a new one is cheaper. */
const drainLimitBytes = 64 * 1024;
const drainLimitMs = 1_000;

/**
 * Gets rid of a response nobody will read: what is short is read, so that its connection can be used again; what is
 * long, or slow, is cancelled, which closes the connection. Never rejects, so nobody needs to wait for it.
 */
export async function discard(response: Response, clock: Clock = systemClock): Promise<void> {
  const { body, bodyUsed, headers } = response;
  if (body === null || bodyUsed || body.locked) return;
  const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader();
  if (Number(headers.get('content-length')) > drainLimitBytes) return cancelQuietly(reader);
  const cancel = clock.schedule(drainLimitMs, () => void cancelQuietly(reader), { background: true });
  try {
    for (let seen = 0; seen <= drainLimitBytes;) {
      const { done, value } = await reader.read();
      if (done) return;
      seen += value.byteLength;
    }
  } catch {
    return;
  } finally {
    cancel();
  }
  await cancelQuietly(reader);
}

/** Gives up a body, which has nobody left to tell of its failure. */
export async function cancelQuietly(
  body: Pick<ReadableStreamDefaultReader, 'cancel'>,
  reason?: unknown,
): Promise<void> {
  try {
    await body.cancel(reason);
  } catch {
    // given up already
  }
}
