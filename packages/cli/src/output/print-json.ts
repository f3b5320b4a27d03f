import type { Output } from '../terminal/terminal.ts';
import { printableJson } from './redaction.ts';

/** Prints JSON: indented on a terminal, on one line in a pipe. */
export const printJson = (output: Output, value: unknown): Promise<void> =>
  output.write(`${printableJson(value, output.isTTY ? 2 : undefined)}\n`);
