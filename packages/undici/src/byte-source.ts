import type { Read } from '@bearings/client';

/** A part of a body, or its end. */
export type ReadResult = Awaited<ReturnType<Read>>;

/** Where the bytes of a body come from. */
export interface ByteSource {
  /** The next piece; at once when it is there. */
  read(): ReadResult | Promise<ReadResult>;
  /** All that has not been read, when the end has arrived too. */
  takeBuffered(): readonly Uint8Array[] | undefined;
  /** Gives up what has not been read. */
  cancel(reason?: unknown): void;
}
