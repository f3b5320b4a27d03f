import { basename } from 'node:path';
import { systemClock } from '@bearings/client';
import { loadConfig } from '@bearings/config';
import type { Config, ConfigOptions, InvalidConfigError, Problem } from '@bearings/config';
import type { CheckEvent, DocumentKind, Draft, Fields, TestOptions, Value } from '@bearings/studio';
import type { Result } from 'ts-results';
import { chosenContext } from '../../config/chosen-context.ts';
import { collectExchanges } from '../../output/collect-exchanges.ts';
import { createNetwork } from '../../terminal/network.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { CheckResult } from '../doctor/check.ts';
import { configChecks } from '../doctor/config-checks.ts';
import { runAllChecks } from '../doctor/doctor.ts';
import type { DoctorContext } from '../doctor/doctor.ts';
import { runChecks } from '../doctor/run-checks.ts';

/** The test of a client: the checks of `bearings doctor`, of a config that need not be saved. */
export function testClient(terminal: Terminal, tools: TestTools): NonNullable<DocumentKind['test']> {
  return (draft, options) => runTest({ ...terminal, interrupted: options.signal }, tools, { draft, options });
}

/** What checks use besides the terminal. */
export type TestTools = Pick<DoctorContext, 'key' | 'probes'>;

interface TestContext {
  readonly draft: Draft;
  readonly options: TestOptions;
}

async function* runTest(
  terminal: Terminal,
  tools: TestTools,
  { draft, options: { name } }: TestContext,
): AsyncGenerator<CheckEvent> {
  const { file } = draft;
  const { env, interrupted } = terminal;
  const config = await loadAlone(draft, name, { env, context: chosenContext(env) });
  const configGroup = configChecks({ file: basename(file), config, env });
  if (config.isErr()) {
    yield* toEvents(runChecks([configGroup], { interrupted }), terminal, []);
    return;
  }
  if (!Object.hasOwn(config.value.clients, name)) throw new TypeError(`the config has no client ${name}`);
  const exchanges: CheckEvent[] = [];
  const collect = collectExchanges((exchange) => void exchanges.push({ type: 'exchange', ...exchange }));
  await using network = createNetwork(terminal, collect, config.value);
  const results = runAllChecks({ ...tools, config: config.value, names: [name], configGroup, network }, terminal);
  yield* toEvents(results, terminal, exchanges);
}

/** The config, without the other clients when only they have problems. */
async function loadAlone(
  { file, text, value }: Draft,
  name: string,
  context: Pick<ConfigOptions, 'env' | 'context'>,
): Promise<Result<Config, InvalidConfigError>> {
  const config = await loadConfig(file, { ...context, text, names: [] });
  const isAboutOthers = ({ path }: Problem): boolean =>
    path.startsWith('clients.') && path !== `clients.${name}` && !path.startsWith(`clients.${name}.`);
  if (config.isOk() || !config.error.problems.every(isAboutOthers) || !isFields(value)) return config;
  const { clients } = value;
  const alone = { ...value, clients: isFields(clients) ? { [name]: clients[name] } : {} };
  return loadConfig(file, { ...context, text: JSON.stringify(alone), names: [] });
}

const isFields = (value: Value | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Each result with its time, after the exchanges that it took. */
async function* toEvents(
  results: AsyncIterable<CheckResult>,
  { clock = systemClock }: Terminal,
  exchanges: CheckEvent[],
): AsyncGenerator<CheckEvent> {
  let startedAt = clock.monotonic();
  for await (const { subject, check, verdict, message, remedy } of results) {
    yield* exchanges.splice(0);
    const tookMs = clock.monotonic() - startedAt;
    startedAt += tookMs;
    yield { type: 'check', subject, check, verdict, message, remedy, tookMs };
  }
  yield* exchanges.splice(0);
}
