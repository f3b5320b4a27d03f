import type { Read } from '@bearings/client/layer';

/** A part of a body, or its end. */
export type Piece = Awaited<ReturnType<Read>>;

/** Where the bytes of a body come from. */
export interface Source {
  /** The next piece; at once when it is there. */
  read(): Piece | Promise<Piece>;
  /** All that has not been read, when the end has arrived too. */
  takeAll(): readonly Uint8Array[] | undefined;
  /** Gives up what has not been read. */
  cancel(reason?: unknown): void;
}
