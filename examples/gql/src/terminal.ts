import type { Environment, TokenOptions } from '@bearings/config';

/** What a command uses of its environment. Tests replace it, so they need no process. */
export interface Terminal {
  /** Writes to stdout, unchanged. */
  readonly print: (text: string) => void;
  /** Writes one or more lines to stderr. */
  readonly printError: (line: string) => void;
  /** All of stdin. */
  readonly readInput: () => Promise<string>;
  readonly env: Environment;
  /** The folder that relative paths start from. */
  readonly cwd: string;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
  /** Network, time and randomness. */
  readonly tokenOptions: TokenOptions;
}
