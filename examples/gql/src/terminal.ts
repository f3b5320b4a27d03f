import type { Environment, TokenOptions } from '@bearings/config';

/** What a command takes from where it runs, so that a test needs no process. */
export interface Terminal {
  /** Writes to stdout, as it is. */
  readonly print: (text: string) => void;
  /** Writes a line, or several, to stderr. */
  readonly tell: (line: string) => void;
  /** All of stdin. */
  readonly readInput: () => Promise<string>;
  readonly env: Environment;
  /** Where relative paths begin. */
  readonly cwd: string;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
  /** Network, time and randomness. */
  readonly world: TokenOptions;
}
