import { PassThrough } from 'node:stream';
import type { Clock } from '@bearings/client';
import type { Environment } from '@bearings/config';
import { assertClientsExist, readConfig } from '../../config/find-config.ts';
import { collectExchanges } from '../../output/collect-exchanges.ts';
import type { Exchange } from '../../output/collect-exchanges.ts';
import { createNetwork } from '../../terminal/network.ts';
import { createOutput } from '../../terminal/terminal.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { CheckResult, Verdict } from './check.ts';
import { configChecks } from './config-checks.ts';
import { runAllChecks } from './doctor.ts';
import { runChecks } from './run-checks.ts';

export type { Exchange, Verdict };

/** What to check. */
export interface RunDoctorOptions {
  /** The config file. Default: found as the command `bearings` does. */
  readonly config?: string;
  /** The environment variables that references name. */
  readonly env: Environment;
  /** The folder that relative paths start from. Default: `.` */
  readonly cwd?: string;
  /** Names of clients; their credentials are checked too. Default: all. */
  readonly clients?: readonly string[];
  /** A path of the API that exists, for the probe. Default: that of the config, else the base URL. */
  readonly path?: string;
  /** Ends the checks. */
  readonly signal?: AbortSignal;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** Default: the system clock. */
  readonly clock?: Clock;
}

/** What one check found. Holds no secret. */
export interface DoctorResult {
  /** The config, credential or client that the check belongs to. */
  readonly subject: string;
  /** The name of the check, such as `token`; stable. */
  readonly name: string;
  readonly state: Verdict;
  /** What works, or why it does not. */
  readonly cause: string;
  /** What to do about it; `undefined` when there is nothing to do. */
  readonly remedy: string | undefined;
  /** How long the check took, in milliseconds. */
  readonly durationMs: number;
  /** The last exchange of a failed token request, redacted; `undefined` for other results. */
  readonly exchange: Exchange | undefined;
}

/**
 * The checks of `bearings doctor`. Each result comes as soon as it is known.
 *
 * @throws UsageError when there is no config, or no such client; the signal's reason when it is aborted
 */
export async function* runDoctor(options: RunDoctorOptions): AsyncGenerator<DoctorResult> {
  const terminal = silentTerminal(options);
  const found = await readConfig(terminal, { config: options.config, names: [] });
  const configGroup = configChecks({ ...found, env: terminal.env });
  if (found.config.isErr()) {
    yield* toResults(runChecks([configGroup], terminal), []);
    return;
  }
  const config = found.config.value;
  const names = options.clients?.length ? options.clients : Object.keys(config.clients);
  assertClientsExist(config, names);
  const exchanges: Exchange[] = [];
  const collect = collectExchanges((exchange) => void exchanges.push(exchange));
  await using network = createNetwork(terminal, collect, config);
  const context = { config, names, configGroup, network, path: options.path };
  yield* toResults(runAllChecks(context, terminal), exchanges);
}

/** A terminal whose output is not used. */
function silentTerminal({ env, cwd = '.', signal, fetch = globalThis.fetch, clock }: RunDoctorOptions): Terminal {
  const stream = new PassThrough();
  const output = createOutput(stream, {});
  const interrupted = signal ?? new AbortController().signal;
  const io = { stdin: { isTTY: false, stream }, stdout: output, stderr: output };
  return { ...io, env, cwd, fetch, interrupted, ...(clock && { clock }) };
}

async function* toResults(results: AsyncIterable<CheckResult>, exchanges: Exchange[]): AsyncGenerator<DoctorResult> {
  for await (const { subject, check: name, verdict: state, message: cause, remedy, durationMs } of results) {
    const last = exchanges.splice(0).at(-1);
    const exchange = name === 'token' && state === 'failed' ? last : undefined;
    yield { subject, name, state, cause, remedy, durationMs, exchange };
  }
}
