import { systemClock } from '../time/clock.ts';
import type { Clock } from '../time/clock.ts';

/** How much of a discarded body is read to keep its connection, and for how long. Beyond it a new one is cheaper. */
const drainLimitBytes = 64 * 1024;
const drainLimitMs = 1_000;

/**
 * Discards the body of a response that is not needed, so that its connection is free.
 *
 * A short body is read, so that the connection can be used again: up to 64 KiB, for up to 1 s. A longer or slower one is
 * cancelled, which closes the connection. Never rejects, so there is no need to wait for it.
 *
 * @param clock - for the time limit. Default: the system's
 */
export async function discard(response: Response, clock: Clock = systemClock): Promise<void> {
  try {
    const { body, bodyUsed, headers } = response;
    if (body === null || bodyUsed || body.locked) return;
    const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader();
    if (Number(headers.get('content-length')) > drainLimitBytes) return await cancelQuietly(reader);
    await drain(reader, clock);
  } catch {
    // it has failed, so its connection is gone
  }
}

async function drain(reader: ReadableStreamDefaultReader<Uint8Array>, clock: Clock): Promise<void> {
  const cancel = clock.schedule(drainLimitMs, () => void cancelQuietly(reader), { background: true });
  try {
    for (let seen = 0; seen <= drainLimitBytes;) {
      const { done, value } = await reader.read();
      if (done) return;
      seen += value.byteLength;
    }
  } finally {
    cancel();
  }
  await cancelQuietly(reader);
}

/** Cancels a body and ignores a failure to do so. Never rejects. */
export async function cancelQuietly(
  body: Pick<ReadableStreamDefaultReader, 'cancel'>,
  reason?: unknown,
): Promise<void> {
  try {
    await body.cancel(reason);
  } catch {
    // cancelled already
  }
}
