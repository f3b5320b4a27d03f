import type { Output } from './output.ts';

/** The lines of an output between two offsets, without their ends. The offsets are those of a checkpoint. */
export async function* readLines(output: Output, end: number, start = 0): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let skip = start;
  let rest = '';
  for await (const piece of output.read(end)) {
    const wanted = piece.subarray(skip);
    skip = Math.max(0, skip - piece.byteLength);
    const lines = (rest + decoder.decode(wanted, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
