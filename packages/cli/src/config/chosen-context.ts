import type { Terminal } from '../terminal/terminal.ts';

/** The context of the config: `BEARINGS_CONTEXT`, which `--context` sets. `undefined`: the one that the config names. */
export function chosenContext({ BEARINGS_CONTEXT: name = '' }: Terminal['env']): string | undefined {
  return name === '' ? undefined : name;
}

/** The terminal of a command with `--context`. So each command, and what it starts, reads the same context. */
export const withContext = (terminal: Terminal, name: string | undefined): Terminal =>
  name === undefined ? terminal : { ...terminal, env: { ...terminal.env, BEARINGS_CONTEXT: name } };
