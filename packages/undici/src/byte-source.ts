import type { Read } from '@bearings/client/layer';

/** A chunk of a body, or its end. */
export type ReadResult = Awaited<ReturnType<Read>>;

/** Provides the bytes of a body. */
export interface ByteSource {
  /** Reads the next chunk; without a promise when it has arrived. */
  read(): ReadResult | Promise<ReadResult>;
  /** Takes all unread chunks, if the whole body has arrived. */
  takeBuffered(): readonly Uint8Array[] | undefined;
  /** Stops the transfer and drops what is unread. */
  cancel(reason?: unknown): void;
}
