import type { Clock } from '@bearings/client';
import { isBearingsError } from '@bearings/client';

const pauseMs = 500;
const maxTries = 6;

/**
 * Writes to the store, again every 0.5 s for 2.5 s while it is not available: what is written cannot be obtained a second
 * time.
 *
 * @throws what the last attempt threw
 */
export async function untilStored<T>(write: () => Promise<T>, clock: Clock): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await write();
    } catch (cause) {
      const isFinal = isBearingsError(cause) && !cause.retryable;
      if (isFinal || tries === maxTries) throw cause;
    }
    await new Promise<void>((resolve) => void clock.schedule(pauseMs, resolve));
  }
}
