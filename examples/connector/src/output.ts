/** Where the records of a run are written, as NDJSON: a file, or rows of a database. */
export interface Output {
  /** Identifies the output in the checkpoint. Does not change between runs. */
  readonly id: string;
  /** Names the output in messages, such as its path. */
  readonly name: string;
  /**
   * Prepares the output for writing, and returns its size in bytes.
   *
   * @throws when `mustExist` and there is no output
   */
  open(mustExist: boolean): Promise<number>;
  /** Removes the bytes from this offset on: they belong to a page that no checkpoint confirms. */
  truncate(offset: number): Promise<void>;
  /** Adds whole lines at the end, which is at this offset. After it resolves, the lines survive a crash. */
  append(lines: Buffer, offset: number): Promise<void>;
  /** The bytes from the start to this offset, in pieces of any size. */
  read(end: number): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}
