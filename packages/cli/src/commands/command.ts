import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** What every command may be told. */
interface GlobalFlags {
  /** The config, when it is named. */
  readonly config?: string;
  /** Shows the exchanges with the authorization server. */
  readonly debug: boolean;
}

/** What every command may be told, as it is written: a flag that is not there is `undefined`. */
export type GivenFlags = Partial<GlobalFlags>;

/** Does what a command is for, with what it was told before and after its name. */
type Work = (terminal: Terminal, flags: GlobalFlags) => Promise<ExitCode>;

/** Has a command do its work, and keeps what it comes to. */
export type Settle = (command: Command, work: Work) => Promise<void>;
