import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Options that every command accepts. */
export interface GlobalOptions {
  /** The config file, if one was named. */
  readonly config?: string;
  /** Where the key of stored logins is: `env:NAME` or `file:PATH`. */
  readonly key?: string;
  /** Shows the exchanges with the authorization server. */
  readonly debug: boolean;
  /** False with `--no-cache`: the tokenStore of the config is not used. */
  readonly cache?: boolean;
}

/** The global options as commander gives them: one that is absent is `undefined`. */
export type GivenGlobalOptions = Partial<GlobalOptions>;

/** The action of a command, called with the global options from before and after the command's name. */
type CommandAction = (terminal: Terminal, options: GlobalOptions) => Promise<ExitCode>;

/** Runs a command's action, reports its failure, and keeps the exit code. */
export type RunCommand = (command: Command, action: CommandAction) => Promise<void>;
