import type { ExitCode } from '../exit-codes.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** What the shell offers for a word: names from the config, files, commands, or fixed words. */
export type Candidates = 'clients' | 'contexts' | 'commands' | 'files' | 'bodies' | readonly string[];

/** One argument of a command. */
export interface ArgumentSpec {
  /** As usage shows it: `<client>`, `[file]`, `[clients...]`. */
  readonly usage: string;
  readonly description: string;
  readonly default?: string;
  /** What the shell offers. Default: nothing. */
  readonly candidates?: Candidates;
}

/** One option of a command. */
export interface OptionSpec {
  /** As usage shows it: `-X, --method <method>`. */
  readonly flags: string;
  readonly description: string;
  /** More for the man page and the reference, in sentences. */
  readonly details?: string;
  /** True when it can be given several times. Default: false. */
  readonly isRepeatable?: boolean;
  /** What the shell offers for its value. Default: its choices. */
  readonly candidates?: Candidates;
  /** The only values that are allowed. Default: any. */
  readonly choices?: readonly string[];
  /** Options of the same command that cannot be used with it, as the parser names them: `execCredential`. */
  readonly conflicts?: readonly string[];
}

/** A text below the options of a command. */
export interface SectionSpec {
  readonly title: string;
  readonly lines: readonly string[];
}

/** Options that every command accepts. */
export interface GlobalOptions {
  /** The config file, if one was named. */
  readonly config?: string;
  /** The entry of `contexts` of the config. */
  readonly context?: string;
  /** Where the key of stored logins is: `env:NAME` or `file:PATH`. */
  readonly key?: string;
  /** Shows the exchanges with the authorization server. */
  readonly debug: boolean;
  /** False with `--no-cache`: the tokenStore of the config is not used. */
  readonly cache?: boolean;
  /** When output has colors. Default: `auto`. */
  readonly color?: string;
}

/**
 * One command: the source of its parser, its help, its man page, its completion and its rows in the reference.
 *
 * @typeParam Values - the arguments, as the parser gives them, and the flags after them
 */
export interface CommandSpec<Values extends readonly unknown[] = readonly unknown[]> {
  /** Such as `auth token`. */
  readonly name: string;
  /** One line for lists. */
  readonly summary: string;
  /** Sentences. Default: the summary. */
  readonly description?: string;
  readonly arguments?: readonly ArgumentSpec[];
  readonly options?: readonly OptionSpec[];
  readonly sections?: readonly SectionSpec[];
  /** Runs the command. Missing in a group of commands. Loads the modules of the command when it runs. */
  run?(terminal: Terminal, options: GlobalOptions, values: Values): Promise<ExitCode>;
}
