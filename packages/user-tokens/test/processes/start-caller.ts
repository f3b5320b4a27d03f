import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { CallerConfig, CallerReport } from './caller.ts';

/** A process that was started. */
export interface StartedCaller {
  readonly process: ChildProcess;
  /** What it printed; `undefined` when it was killed. */
  readonly report: Promise<CallerReport | undefined>;
}

/** Starts a process with callers. It ends with the test at the latest, also when it is stopped. */
export function startCaller(config: CallerConfig): StartedCaller {
  const file = join(import.meta.dirname, 'caller.ts');
  const process = spawn('node', ['--no-warnings', file, JSON.stringify(config)], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void process.kill('SIGKILL'));
  return { process, report: readReport(process) };
}

async function readReport(process: ChildProcess): Promise<CallerReport | undefined> {
  if (process.stdout === null || process.stderr === null) throw new Error('the process has no output');
  const [output, errors] = await Promise.all([text(process.stdout), text(process.stderr)]);
  if (errors !== '') throw new Error(errors);
  return output === '' ? undefined : JSON.parse(output);
}
