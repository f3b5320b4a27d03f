import { resolve } from 'node:path';
import type { GlobalOptions } from '../command-line/command-spec.ts';
import { UsageError } from '../usage-error.ts';
import type { Terminal } from './terminal.ts';

/** A flag, and the file that it reads, which may be stdin. */
interface Reader {
  readonly flag: string;
  readonly path: string | undefined;
}

/**
 * Checks that not more than one flag reads stdin, which can be read once.
 *
 * @param data - the value of `-d`
 * @throws UsageError
 */
export function assertOneStdinReader(
  { cwd, env }: Pick<Terminal, 'cwd' | 'env'>,
  { config, key }: Pick<GlobalOptions, 'config' | 'key'>,
  data?: string,
): void {
  const readers: readonly Reader[] = [
    config === undefined
      ? { flag: 'BEARINGS_CONFIG', path: env['BEARINGS_CONFIG'] }
      : { flag: '--config', path: config },
    key === undefined
      ? { flag: 'BEARINGS_KEY', path: keyPath(env['BEARINGS_KEY']) }
      : { flag: '--key', path: keyPath(key) },
    { flag: '-d', path: filePath(data, '@') },
  ];
  const [first, second] = readers.filter(({ path }) => isStdin(path, cwd));
  if (first === undefined || second === undefined) return;
  throw new UsageError(`${first.flag} and ${second.flag} both read stdin: name a file in one of them`);
}

const filePath = (text: string | undefined, prefix: string): string | undefined =>
  text?.startsWith(prefix) === true ? text.slice(prefix.length) : undefined;

/** A key file has the name `-` where a config or a body would be stdin. */
const keyPath = (text: string | undefined): string | undefined => filePath(text, 'file:')?.replace(/^-$/, './-');

const stdinPaths: ReadonlySet<string> = new Set(['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']);

const isStdin = (path: string | undefined, cwd: string): boolean =>
  path === '-' || (path !== undefined && stdinPaths.has(resolve(cwd, path)));
