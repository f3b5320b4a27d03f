/**
 * The same stream, which is cancelled when the signal is aborted: a `fetch` that has locked it may leave it open, and
 * with it the file behind it.
 */
export function cancelOnAbort(stream: ReadableStream, signal: AbortSignal): ReadableStream {
  const reader: ReadableStreamDefaultReader<unknown> = stream.getReader();
  const cancel = (reason: unknown): Promise<void> => reader.cancel(reason).catch(() => {}); // the source's own failure
  const abort = (): void => void cancel(signal.reason); // never rejects
  signal.addEventListener('abort', abort, { once: true });
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        signal.removeEventListener('abort', abort);
        controller.close();
      },
      cancel,
    },
    { highWaterMark: 0 },
  );
}
