import { once } from 'node:events';
import { resolve } from 'node:path';
import { clientKind, createStudio } from '@bearings/studio';
import type { Studio } from '@bearings/studio';
import { chosenContext } from '../../config/chosen-context.ts';
import { findConfigFile } from '../../config/config-file.ts';
import { exitCodes } from '../../exit-codes.ts';
import type { ExitCode } from '../../exit-codes.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { UsageError } from '../../usage-error.ts';
import { testClient } from './test-client.ts';

/** What the studio opens. */
export interface StudioCommandOptions {
  /** The config. Default: the one that all commands use, or a new `bearings.yaml`. */
  readonly config?: string | undefined;
  /** The URL of a `statusHandler`. */
  readonly watch?: string | undefined;
  /** False to print the URL only. Default: true. */
  readonly open?: boolean;
  /** Where the key of stored logins is. */
  readonly key?: string | undefined;
}

/**
 * `bearings studio`: serves the page on 127.0.0.1 until ctrl-C, or for 30 minutes without use.
 *
 * @throws UsageError when `--watch` is no URL
 */
export async function studio(terminal: Terminal, options: StudioCommandOptions): Promise<ExitCode> {
  const { watch, key } = options;
  if (watch !== undefined && !/^https?:$/.test(URL.parse(watch)?.protocol ?? '')) {
    throw new UsageError(`--watch ${watch} is not a URL: write http://127.0.0.1:8081/status`);
  }
  const { env, interrupted, stdout } = terminal;
  const file = await chooseFile(terminal, options.config);
  const rules = await clientKind({ env, context: chosenContext(env), test: testClient(terminal, { key }) });
  const command = `bearings studio ${file}${watch === undefined ? '' : ` --watch ${watch}`}`;
  const documents = [{ kind: 'clients', file: resolve(terminal.cwd, file), rules }];
  await using page = await createStudio({ documents, watch, command, fetch: terminal.fetch });
  await stdout.write(`${page.url}\n`);
  await openBrowser(terminal, page, options.open ?? true);
  await Promise.race([page.ended, untilInterrupted(interrupted)]);
  if (!interrupted.aborted) await stdout.write('The studio has ended: nothing happened for 30 minutes.\n');
  return interrupted.aborted ? exitCodes.interrupted : exitCodes.ok;
}

/** A file that does not exist is created when the page saves it. */
async function chooseFile(terminal: Terminal, config: string | undefined): Promise<string> {
  try {
    return await findConfigFile(terminal, config);
  } catch (cause) {
    if (cause instanceof UsageError) return 'bearings.yaml';
    throw cause;
  }
}

async function openBrowser({ desktop, env, stderr }: Terminal, { url }: Studio, isWanted: boolean): Promise<void> {
  if (!isWanted) return;
  const { createDesktop } = await import('../../terminal/desktop.ts');
  const { browserObstacle, openBrowser: open } = desktop ?? createDesktop(env);
  if (browserObstacle !== undefined) {
    await stderr.write(`Open this URL: no browser can be opened ${browserObstacle}.\n`);
    return;
  }
  try {
    await open(url);
  } catch {
    await stderr.write('Open this URL: the browser could not be started.\n');
  }
}

async function untilInterrupted(interrupted: AbortSignal): Promise<void> {
  if (!interrupted.aborted) await once(interrupted, 'abort');
}
