import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '@bearings/client';
import type { Desktop } from './desktop.ts';

/** Everything that a command uses of its environment. */
export interface Terminal {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths start from. */
  readonly cwd: string;
  /** The network. */
  readonly fetch: typeof globalThis.fetch;
  /** Aborted at ctrl-C. */
  readonly interrupted: AbortSignal;
  /** Default: the system clock, loaded only when a command needs it. */
  readonly clock?: Clock;
  /** A number in [0, 1), for jitter. Default: `Math.random`. */
  readonly random?: () => number;
  /** Browser and keyring. Default: those of this machine, loaded only when a command needs them. */
  readonly desktop?: Desktop;
}

/** The input of a command. */
interface Input {
  /** True for a terminal. */
  readonly isTTY: boolean;
  readonly stream: Readable;
}

/** An output of a command. */
export interface Output {
  /** True for a terminal. */
  readonly isTTY: boolean;
  /** The width in characters; 80 when it is not known. */
  readonly columns: number;
  /** True when the output shall have colors. */
  readonly hasColor: boolean;
  readonly stream: Writable;
  /** Resolves when the stream accepts more. */
  write(chunk: string | Uint8Array): Promise<void>;
}

/** A stream of the process, with what it has when it is a terminal. */
type TerminalStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** An output to a stream. Has colors on a TTY unless NO_COLOR is set; FORCE_COLOR overrides both. */
export function createOutput(stream: TerminalStream, env: Terminal['env']): Output {
  const isTTY = stream.isTTY === true;
  return {
    isTTY,
    get columns() {
      return stream.columns ?? 80;
    },
    hasColor: wantsColor(env, isTTY),
    stream,
    write: (chunk) => writeChunk(stream, chunk),
  };
}

/** Resolves also when the stream fails: its `error` event reports that. */
async function writeChunk(stream: Writable, chunk: string | Uint8Array): Promise<void> {
  if (!stream.writable || stream.write(chunk)) return;
  try {
    await once(stream, 'drain');
  } catch {
    // the stream's error event reports it
  }
}

function wantsColor(
  { FORCE_COLOR: force = '', NO_COLOR: no = '', TERM: term }: Terminal['env'],
  isTTY: boolean,
): boolean {
  if (force !== '') return force !== '0' && force !== 'false';
  return isTTY && no === '' && term !== 'dumb';
}

/**
 * The terminal with the colors of `--color`.
 *
 * @param when - `auto`, `always` or `never`
 */
export function withColor(terminal: Terminal, when: string | undefined): Terminal {
  if (when === undefined || when === 'auto') return terminal;
  const set = (output: Output): Output => ({
    isTTY: output.isTTY,
    get columns() {
      return output.columns;
    },
    hasColor: when === 'always',
    stream: output.stream,
    write: (chunk) => output.write(chunk),
  });
  return { ...terminal, stdout: set(terminal.stdout), stderr: set(terminal.stderr) };
}
