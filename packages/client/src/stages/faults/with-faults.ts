import type { Call } from '../../core/call.ts';
import { checkOptions } from '../../core/check-options.ts';
import type { OptionRules } from '../../core/check-options.ts';
import { layer } from '../../core/layer.ts';
import type { Layer } from '../../core/layer.ts';
import { assertOption, functionRule, millisecondsRule, objectRule, stringRule } from '../../core/option-rules.ts';
import type { OptionRule } from '../../core/option-rules.ts';
import type { ClientRequest } from '../../core/request.ts';
import type { ClientContext, Stage } from '../../core/stage.ts';
import { ConfigError, TransportError } from '../../errors/index.ts';
import { wait } from '../../time/until-aborted.ts';

/** What happens to a request: one of `status`, `reason`, or neither, and a delay before. */
export interface Fault {
  /** The server is not asked, and answers with this status, 200 to 599. Default: no answer in its place. */
  readonly status?: number;
  /** Headers of that answer, such as `retry-after`. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The server is not asked, and the connection fails with this code, such as `ECONNRESET`. Default: it does not fail. */
  readonly reason?: string;
  /** Milliseconds before the request is sent, answered or fails. Default: 0. */
  readonly delayMs?: number;
}

/** Which requests have faults, and which faults. */
export interface FaultOptions {
  /** The share of requests that have a fault, from 0 to 1; or a function that returns it, to change it while the service runs. */
  readonly ratio: number | (() => number);
  /** The faults, one of which is drawn for such a request. */
  readonly faults: readonly Fault[];
  /** Which requests may have one. Default: all. */
  readonly when?: (request: ClientRequest) => boolean;
}

/**
 * Makes some requests fail or late, to see in staging how a service copes. Each request that would be sent counts, retries and
 * replays too.
 *
 * Answers in the place of the server have the header `x-fault: injected`.
 *
 * @throws ConfigError when an option is missing or wrong
 */
export function withFaults(options: FaultOptions): Layer {
  checkOptions(options, faultRules, { owner: 'withFaults' });
  const { ratio, faults } = options;
  if (ratio === undefined) throw new ConfigError('ratio', `ratio must be ${ratioRule.expected}`);
  if (faults === undefined) throw new ConfigError('faults', `faults must be ${listOfFaults.expected}`);
  faults.forEach(checkFault);
  const shown = typeof ratio === 'number' ? ratio : 'by a function';
  return layer('network', { name: 'faults', settings: { ratio: shown } }, createStage(options));
}

const isRatio = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 1;
const ratioRule: OptionRule = {
  test: (value) => isRatio(value) || typeof value === 'function',
  expected: 'a number from 0 to 1, or a function that returns one',
};
const listOfFaults: OptionRule = {
  test: (value) => Array.isArray(value) && value.length > 0,
  expected: 'a list of faults, such as { status: 503 }',
};
const faultRules: OptionRules<FaultOptions> = { ratio: ratioRule, faults: listOfFaults, when: functionRule };
const rules: OptionRules<Fault> = {
  status: {
    test: (value) => Number.isInteger(value) && Number(value) >= 200 && Number(value) <= 599,
    expected: 'a status from 200 to 599',
  },
  headers: objectRule,
  reason: stringRule,
  delayMs: millisecondsRule,
};

function checkFault(fault: Fault, index: number): void {
  const within = `faults[${index}]`;
  checkOptions(fault, rules, { owner: 'withFaults', within });
  if (fault.status === undefined || fault.reason === undefined) return;
  throw new ConfigError(
    within,
    `${within} has a status and a reason. A request is answered or fails: take one of them`,
  );
}

function createStage({ ratio, faults, when = () => true }: FaultOptions): Stage {
  return (next, client) => async (request, call) => {
    const share: unknown = typeof ratio === 'number' ? ratio : ratio();
    assertOption('ratio', share, { test: isRatio, expected: ratioRule.expected });
    if (client.random() >= Number(share) || !when(request)) return next(request, call);
    const fault = faults[Math.floor(client.random() * faults.length)] ?? {};
    return (await apply(fault, { request, call, client })) ?? next(request, call);
  };
}

interface FaultContext {
  readonly request: ClientRequest;
  readonly call: Call;
  readonly client: ClientContext;
}

async function apply(fault: Fault, { request, call, client }: FaultContext): Promise<Response | undefined> {
  const { status, headers = {}, reason, delayMs = 0 } = fault;
  if (delayMs > 0) await wait(delayMs, call.signal, client.clock);
  if (reason !== undefined) {
    const { canReplay } = request;
    const wasProcessed = reason === 'ECONNREFUSED' ? false : undefined; // after others, the client could not know
    throw new TransportError(request, { canReplay, reason, wasProcessed, detail: 'injected by withFaults' });
  }
  if (status === undefined) return undefined;
  const isEmpty = [204, 205, 304].includes(status) || request.method === 'HEAD';
  return new Response(isEmpty ? null : 'injected by withFaults', {
    status,
    headers: { ...headers, 'x-fault': 'injected' },
  });
}
