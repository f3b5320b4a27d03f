import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '@bearings/client';

/** Everything that a command sees of the world. */
export interface Terminal {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where relative paths begin. */
  readonly cwd: string;
  /** The network. */
  readonly fetch: typeof globalThis.fetch;
  /** Aborted when the user has had enough (ctrl-C). */
  readonly interrupted: AbortSignal;
  /** The time. Default: the system's, which is not loaded before a command needs it. */
  readonly clock?: Clock;
  /** A number in [0, 1), for jitter. Default: `Math.random`. */
  readonly random?: () => number;
}

/** What a command reads. */
interface Input {
  /** True when a person types. */
  readonly isTTY: boolean;
  readonly stream: Readable;
}

/** What a command writes to. */
export interface Output {
  /** True when a person looks at it. */
  readonly isTTY: boolean;
  /** How wide it is, in characters. 80 when nobody knows. */
  readonly columns: number;
  /** True when colors are wanted. */
  readonly hasColor: boolean;
  readonly stream: Writable;
  /** Answers when there is room for more. */
  write(chunk: string | Uint8Array): Promise<void>;
}

/** A stream of the process, as far as it is one of a terminal. */
type TerminalStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** An output on a stream. Colors: on a TTY, unless NO_COLOR is set; FORCE_COLOR wins over both. */
export function outputOn(stream: TerminalStream, env: Terminal['env']): Output {
  const isTTY = stream.isTTY === true;
  return {
    isTTY,
    get columns() {
      return stream.columns ?? 80;
    },
    hasColor: wantsColor(env, isTTY),
    stream,
    write: (chunk) => written(stream, chunk),
  };
}

/** A stream that fails tells it to who listens to its errors; it does not hold up who writes. */
async function written(stream: Writable, chunk: string | Uint8Array): Promise<void> {
  if (!stream.writable || stream.write(chunk)) return;
  try {
    await once(stream, 'drain');
  } catch {
    // told as an event
  }
}

function wantsColor(
  { FORCE_COLOR: force = '', NO_COLOR: no = '', TERM: term }: Terminal['env'],
  isTTY: boolean,
): boolean {
  if (force !== '') return force !== '0' && force !== 'false';
  return isTTY && no === '' && term !== 'dumb';
}
