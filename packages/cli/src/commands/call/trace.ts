import { systemClock } from '@bearings/client';
import { layer, slots } from '@bearings/client/layer';
import type { Clock, Layer } from '@bearings/client';
import type { Call, Slot, Stage } from '@bearings/client/layer';
import type { TokenHandle } from '@bearings/oauth-bearer';
import { durationText } from '../../output/durations.ts';
import { sentenceOf } from '../../output/failure.ts';
import { paint } from '../../output/color.ts';
import type { Paint } from '../../output/color.ts';
import { formsOfCredential, printable, shownHeader, withoutQueryValues } from '../../output/redaction.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { ageOf, sayingOf } from '../../output/describe-token-event.ts';

/** Shows on stderr what happens to a call on its way. */
export interface Trace {
  /** For the client whose calls are shown: they see, and change nothing. */
  readonly layers: () => readonly Layer[];
  /** Shows what happens to a token. */
  readonly listen: (token: TokenHandle) => void;
  /** The last line. */
  readonly end: (text: string) => void;
}

/** No trace. */
export const silent: Trace = { layers: () => [], listen: () => {}, end: () => {} };

/**
 * A trace of a client's calls: each stage when the request comes to it, attempts, waits, tokens, and the heads of
 * requests and answers, without secrets.
 *
 * @param picture - the client's stack, as `explain` draws it: its lines are shown as the request goes down
 */
export function traceOf(terminal: Terminal, picture: string): Trace {
  const scene = sceneOf(terminal, picture);
  const taps = slots
    .filter((slot) => slot !== 'transport')
    .map((slot) => layer(slot, `trace-${slot}`, tapAt(slot, scene)));
  return {
    layers: () => taps,
    listen(token) {
      scene.tokens.push(token);
      token.subscribe((event) => {
        const saying = sayingOf(event);
        if (saying !== undefined) scene.note(saying);
      });
    },
    end: (text) => scene.say('dim', text),
  };
}

interface Scene {
  readonly clock: Clock;
  readonly tokens: TokenHandle[];
  /** The attempts that have been seen below `auth`: one that comes again is a replay. */
  readonly sent: WeakMap<Call, number>;
  readonly say: (how: Paint, line: string) => void;
  /** Something about what was said before. */
  readonly note: (text: string) => void;
  /** Shows the stages of a slot. */
  readonly reach: (slot: Slot, fact?: string) => void;
}

function sceneOf({ stderr, clock = systemClock }: Terminal, picture: string): Scene {
  const stages = picture.split('\n').map((line) => /^▼ (\S+) +(\S+)/.exec(line) ?? []);
  const width = Math.max(...stages.map(([line = '']) => line.length));
  const say = (how: Paint, line: string): void => void stderr.write(`${paint(stderr, how, printable(line))}\n`);
  return {
    clock,
    tokens: [],
    sent: new WeakMap(),
    say,
    note: (text) => say('cyan', `  ${text}`),
    reach(slot, fact = '') {
      for (const [line = '', of] of stages) if (of === slot) say('dim', `${line.padEnd(width)}  ${fact}`.trimEnd());
    },
  };
}

function tapAt(slot: Slot, scene: Scene): Stage {
  if (slot === 'network') return wire(scene);
  const { reach } = scene;
  return (next) => (request, call) => {
    if (slot === 'observe') followWaits(call, scene);
    else if (slot === 'retry') reach(slot, `attempt ${call.attempt}`);
    else if (slot === 'timeout') belowAuth(call, scene);
    else reach(slot);
    return next(request, call);
  };
}

function followWaits(call: Call, { clock, note }: Scene): void {
  let since = 0;
  call.onBackoff({
    begin() {
      since = clock.monotonic();
      note(`attempt ${call.attempt} failed: ${reasonOf(call.lastFailure)}; it is tried again after a pause`);
    },
    async end() {
      note(`paused for ${durationText(clock.monotonic() - since)}`);
    },
  });
}

/** The retry stage's own words about a status are no error of ours, and hold an origin and a number. */
function reasonOf(failure: unknown): string {
  const isStatus = failure instanceof Error && /^\S+ answered \d+$/.test(failure.message);
  return isStatus ? failure.message : sentenceOf(failure);
}

function belowAuth(call: Call, { clock, tokens, sent, reach, note }: Scene): void {
  const isReplay = sent.get(call) === call.attempt;
  sent.set(call, call.attempt);
  if (isReplay) reach('auth', 'once more, with the new token');
  for (const token of tokens) {
    const now = token.read();
    if (now.isOk()) note(ageOf(now.value, clock.now()));
  }
  reach('timeout');
}

function wire({ clock, reach, say, note }: Scene): Stage {
  return (next) => async (request, call) => {
    reach('transport');
    say('bold', `> ${request.method} ${withoutQueryValues(request.url)}`);
    const secrets = call.headers.credentialValues().flatMap(formsOfCredential);
    const shown = (name: string, value: string): string =>
      `${name}: ${withoutQueryValues(shownHeader(name, value, secrets))}`;
    for (const [name, value] of call.headers.mergeWith(request)) say('dim', `> ${shown(name, value)}`);
    const startedAt = clock.monotonic();
    try {
      const response = await next(request, call);
      const after = durationText(clock.monotonic() - startedAt);
      say('bold', `< ${response.status} ${response.statusText}`.trimEnd() + ` after ${after}`);
      for (const [name, value] of response.headers) say('dim', `< ${shown(name, value)}`);
      return response;
    } catch (error) {
      note(`no answer after ${durationText(clock.monotonic() - startedAt)}: ${sentenceOf(error)}`);
      throw error;
    }
  };
}
