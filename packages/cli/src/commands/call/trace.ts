import { redact } from '@bearings/client/errors';
import { systemClock } from '@bearings/client';
import { layer, slots } from '@bearings/client/layer';
import type { Clock, Layer } from '@bearings/client';
import type { Call, Slot, Stage } from '@bearings/client/layer';
import type { TokenHandle } from '@bearings/oauth-bearer';
import { formatDuration } from '../../output/format-duration.ts';
import { describeFailure } from '../../output/report-failure.ts';
import { color } from '../../output/color.ts';
import type { Color } from '../../output/color.ts';
import { hideQueryValues, printable, redactHeader } from '../../output/redaction.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { describeTokenAge, describeTokenEvent } from '../../output/describe-token-event.ts';

/** Shows on stderr what happens during a call. */
export interface Trace {
  /** Layers for the traced client. They observe calls and change nothing. */
  readonly layers: () => readonly Layer[];
  /** Shows the events of a token. */
  readonly watchToken: (token: TokenHandle) => void;
  /** Prints the last line. */
  readonly finish: (text: string) => void;
}

/** A trace that shows nothing. */
export const noTrace: Trace = { layers: () => [], watchToken: () => {}, finish: () => {} };

/**
 * Traces a client's calls: each stage that a request reaches, attempts, pauses, tokens, and the heads of requests and
 * responses, without secrets.
 *
 * @param diagram - the client's stages, from `explain()`: each line is printed when the request reaches its stage
 */
export function createTrace(terminal: Terminal, diagram: string): Trace {
  const context = createTraceContext(terminal, diagram);
  const layers = slots
    .filter((slot) => slot !== 'transport')
    .map((slot) => layer(slot, `trace-${slot}`, traceSlot(slot, context)));
  return {
    layers: () => layers,
    watchToken(token) {
      context.tokens.push(token);
      token.subscribe((event) => {
        const description = describeTokenEvent(event);
        if (description !== undefined) context.note(description);
      });
    },
    finish: (text) => context.print('dim', text),
  };
}

interface TraceContext {
  readonly clock: Clock;
  readonly tokens: TokenHandle[];
  /** The attempts that have passed `auth`: a second pass in the same attempt is a replay. */
  readonly sent: WeakMap<Call, number>;
  readonly print: (style: Color, line: string) => void;
  /** Prints a detail of the line above. */
  readonly note: (text: string) => void;
  /** Prints the stages of a slot. */
  readonly printStages: (slot: Slot, detail?: string) => void;
}

function createTraceContext({ stderr, clock = systemClock }: Terminal, diagram: string): TraceContext {
  const stages = diagram.split('\n').map((line) => /^▼ (\S+) +(\S+)/.exec(line) ?? []);
  const width = Math.max(...stages.map(([line = '']) => line.length));
  const print = (style: Color, line: string): void => void stderr.write(`${color(stderr, style, printable(line))}\n`);
  return {
    clock,
    tokens: [],
    sent: new WeakMap(),
    print,
    note: (text) => print('cyan', `  ${text}`),
    printStages(slot, detail = '') {
      for (const [line = '', stageSlot] of stages)
        if (stageSlot === slot) print('dim', `${line.padEnd(width)}  ${detail}`.trimEnd());
    },
  };
}

function traceSlot(slot: Slot, context: TraceContext): Stage {
  if (slot === 'network') return traceNetwork(context);
  const { printStages } = context;
  return (next) => (request, call) => {
    if (slot === 'observe') traceBackoff(call, context);
    else if (slot === 'retry') printStages(slot, `attempt ${call.attempt}`);
    else if (slot === 'timeout') traceTokens(call, context);
    else printStages(slot);
    return next(request, call);
  };
}

function traceBackoff(call: Call, { clock, note }: TraceContext): void {
  let startedAt = 0;
  call.onBackoff({
    begin() {
      startedAt = clock.monotonic();
      note(`attempt ${call.attempt} failed: ${failureReason(call.lastFailure)}; next attempt after a pause`);
    },
    async end() {
      note(`paused for ${formatDuration(clock.monotonic() - startedAt)}`);
    },
  });
}

/** A retried status is a plain Error; its message holds only origin and status, so it can be shown. */
function failureReason(failure: unknown): string {
  const isStatus = failure instanceof Error && /^\S+ answered \d+$/.test(failure.message);
  return isStatus ? failure.message : describeFailure(failure);
}

function traceTokens(call: Call, { clock, tokens, sent, printStages, note }: TraceContext): void {
  const isReplay = sent.get(call) === call.attempt;
  sent.set(call, call.attempt);
  if (isReplay) printStages('auth', 'again, with the new token');
  for (const token of tokens) {
    const current = token.read();
    if (current.isOk()) note(describeTokenAge(current.value, clock.now()));
  }
  printStages('timeout');
}

function traceNetwork({ clock, printStages, print, note }: TraceContext): Stage {
  return (next) => async (request, call) => {
    printStages('transport');
    print('bold', `> ${request.method} ${hideQueryValues(request.url)}`);
    const secrets = call.headers.credentialValues();
    const formatHeader = (name: string, value: string): string =>
      `${name}: ${hideQueryValues(redactHeader(name, value, secrets))}`;
    for (const [name, value] of call.headers.mergeWith(request)) print('dim', `> ${formatHeader(name, value)}`);
    const startedAt = clock.monotonic();
    try {
      const response = await next(request, call);
      const after = formatDuration(clock.monotonic() - startedAt);
      print('bold', `< ${response.status} ${redact(response.statusText, secrets)}`.trimEnd() + ` after ${after}`);
      for (const [name, value] of response.headers) print('dim', `< ${formatHeader(name, value)}`);
      return response;
    } catch (error) {
      note(`no answer after ${formatDuration(clock.monotonic() - startedAt)}: ${describeFailure(error)}`);
      throw error;
    }
  };
}
