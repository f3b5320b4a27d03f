import { systemClock } from '@bearings/client';
import { createJsonDisplay } from './json-display.ts';
import { createLineDisplay } from './line-display.ts';
import type { ProgressDisplay } from './progress-display.ts';
import { createTerminalDisplay } from './terminal-display.ts';
import type { TerminalSize } from './terminal-display.ts';

/** Where the command writes. */
interface Streams {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** `undefined` when stderr is no terminal. */
  readonly terminalSize: (() => TerminalSize) | undefined;
}

/** The display for the options of the command, and for the stream it is shown on. */
export function createDisplay(
  name: string,
  { json, quiet }: { readonly json: boolean; readonly quiet: boolean },
  { stdout, stderr, terminalSize }: Streams,
): ProgressDisplay {
  const clock = systemClock;
  if (json) return createJsonDisplay({ name, write: stdout, clock });
  const options = { name, write: stderr, clock };
  if (terminalSize !== undefined && !quiet) return createTerminalDisplay(options, terminalSize);
  return createLineDisplay(options, { isQuiet: quiet });
}
