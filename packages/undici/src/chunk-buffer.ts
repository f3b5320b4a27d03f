/** Chunks below this size are joined: each one that is read by itself costs a promise or more. */
const smallChunkBytes = 4 * 1024;
/** The size up to which small chunks are joined. */
const joinedBytes = 64 * 1024;

/**
 * Chunks of a body that have arrived and are not read yet, in order.
 *
 * A server may send 65,536 chunks of one byte: reading costs linear time, whatever their size and number.
 */
export class ChunkBuffer {
  #chunks: Uint8Array[] = [];
  /** Where the next chunk is: `shift()` of a long array copies it. */
  #next = 0;
  #byteLength = 0;

  get byteLength(): number {
    return this.#byteLength;
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#byteLength += chunk.byteLength;
  }

  /** Takes the next chunk, with the small ones that follow it joined to it; `undefined` when the buffer is empty. */
  take(): Uint8Array | undefined {
    const end = this.#endOfRun();
    const run = this.#chunks.slice(this.#next, end);
    const [chunk] = run.length > 1 ? [Buffer.concat(run)] : run;
    if (chunk === undefined) return undefined;
    this.#next = end;
    this.#byteLength -= chunk.byteLength;
    if (end === this.#chunks.length) this.clear();
    return chunk;
  }

  /** Takes all chunks as they are. */
  takeAll(): readonly Uint8Array[] {
    const chunks = this.#next === 0 ? this.#chunks : this.#chunks.slice(this.#next);
    this.clear();
    return chunks;
  }

  clear(): void {
    this.#chunks = [];
    this.#next = 0;
    this.#byteLength = 0;
  }

  /** The index behind the last of the chunks that are read together. */
  #endOfRun(): number {
    let bytes = 0;
    let end = this.#next;
    for (; end < this.#chunks.length && bytes < joinedBytes; end += 1) {
      const { byteLength = 0 } = this.#chunks[end] ?? {};
      if (byteLength >= smallChunkBytes) return Math.max(end, this.#next + 1);
      bytes += byteLength;
    }
    return end;
  }
}
