/**
 * Calls a listener. An error that it throws, or rejects with, is ignored.
 *
 * The promise never rejects. A listener that never answers holds up nothing that does not wait for it.
 */
export async function notifyListener<E>(listener: (event: E) => unknown, event: E): Promise<void> {
  try {
    await listener(event);
  } catch {
    // the listener's error does not affect calls
  }
}
