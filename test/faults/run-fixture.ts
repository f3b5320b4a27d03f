import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Options of a program in `fixtures/`. */
export interface FixtureOptions {
  readonly args?: readonly string[];
  /** Options of Node. */
  readonly node?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The Node binary. Default: the one that runs the tests. */
  readonly execPath?: string;
}

/** The output and the exit code. */
export interface FixtureRun {
  /** The exit code; `null` when it was killed. */
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of `fixtures/` in a new process, without the environment of this one. */
export async function runFixture(name: string, options: FixtureOptions = {}): Promise<FixtureRun> {
  const { args = [], node = [], env = {}, execPath = process.execPath } = options;
  const program = fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
  const { NODE_COMPILE_CACHE = '' } = process.env;
  const child = spawn(execPath, [...node, program, ...args], {
    env: { NODE_COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (printed.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (printed.stderr += text));
  const exit = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  return { exit, ...printed };
}
