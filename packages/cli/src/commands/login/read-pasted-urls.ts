import { createInterface } from 'node:readline/promises';
import type { Loopback } from '@bearings/user-tokens/loopback';
import type { Terminal } from '../../terminal/terminal.ts';

/** Reads lines of the terminal until one is the URL of the answer. Never rejects. */
export async function readPastedUrls(
  { stdin, stderr }: Pick<Terminal, 'stdin' | 'stderr'>,
  loopback: Pick<Loopback, 'accept'>,
  signal: AbortSignal,
): Promise<void> {
  const lines = createInterface({ input: stdin.stream, crlfDelay: Infinity, signal });
  try {
    for await (const line of lines) {
      if (line.trim() === '') continue;
      if (await loopback.accept(line)) return;
      await stderr.write('This is not the address of the answer. It starts with http://127.0.0.1:\n');
    }
  } catch {
    // the browser has come back to this machine, or the login was interrupted
  } finally {
    lines.close();
    stdin.stream.destroy(); // else it keeps the process
  }
}
