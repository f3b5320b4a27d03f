import { assert, commands, constant, constantFrom, modelRun, nat, property, record } from 'fast-check';
import type { Command } from 'fast-check';
import { expect, test } from 'vitest';
import { createCircuit } from '../../../src/stages/circuit-breaker/circuit.ts';
import type { Circuit, CircuitRules, CircuitState, Verdict } from '../../../src/stages/circuit-breaker/circuit.ts';

const rules: CircuitRules = { failureRatio: 0.5, minimumCalls: 4, windowMs: 1_000, openMs: 300 };

/** A circuit, a time that is set by hand, and calls that end as soon as they begin. */
function bench(changes: Partial<CircuitRules> = {}) {
  let nowMs = 0;
  const subject = createCircuit({ ...rules, ...changes }, () => nowMs);
  const begin = (): number => {
    const pass = subject.permit();
    if (pass === undefined) throw new Error('not let through');
    return pass;
  };
  const calls = (...verdicts: readonly Verdict[]): void => {
    for (const verdict of verdicts) subject.record(begin(), verdict);
  };
  const later = (ms: number): void => {
    nowMs += ms;
  };
  return { subject, begin, calls, later };
}

const failures = (count: number): readonly Verdict[] => Array.from({ length: count }, () => 'failure' as const);

test('a circuit opens with the failure that reaches the ratio, among enough calls', () => {
  const { subject, calls } = bench();

  calls('success', 'success', 'failure');
  const before = subject.state;
  calls('failure');

  expect([before, subject.state, subject.permit(), subject.waitMs]).toEqual(['closed', 'open', undefined, 300]);
});

test.each([
  ['too few calls', ['failure', 'failure', 'failure']],
  ['too few failures', ['success', 'success', 'success', 'failure', 'failure']],
  ['calls that say nothing', ['failure', 'failure', 'neutral', 'failure']],
  ['a success that is the one call still wanting', ['failure', 'failure', 'failure', 'success']],
] as const)('it stays closed after %s', (_case, verdicts) => {
  const { subject, calls } = bench();

  calls(...verdicts);

  expect([subject.state, subject.waitMs]).toEqual(['closed', 0]);
});

test('a ratio that is no binary fraction is exact', () => {
  const { subject, calls } = bench({ failureRatio: 0.07, minimumCalls: 100 });

  calls(...Array.from({ length: 93 }, () => 'success' as const), ...failures(6));
  const before = subject.state;
  calls('failure');

  expect([before, subject.state]).toEqual(['closed', 'open']);
});

test.each([
  ['the window is over', 1_000, 'closed'],
  ['it is almost over', 899, 'open'],
])('failures count until %s', (_case, ms, state) => {
  const { subject, calls, later } = bench();

  calls(...failures(3));
  later(ms);
  calls('failure');

  expect(subject.state).toBe(state);
});

test('calls before a long pause do not count', () => {
  const { subject, calls, later } = bench();

  calls(...failures(3));
  later(3_600_000);
  calls(...failures(3));

  expect(subject.state).toBe('closed');
});

test('after openMs exactly one call is sent until it has an outcome', () => {
  const { subject, begin, calls, later } = bench();

  calls(...failures(4));
  later(299);
  const early = subject.permit();
  later(1);
  const probe = begin();
  const others = [subject.permit(), subject.permit()];

  expect([early, ...others]).toEqual([undefined, undefined, undefined]);
  expect([subject.state, subject.waitMs]).toEqual(['half-open', 300]);

  subject.record(probe, 'success');

  expect([subject.state, subject.waitMs]).toEqual(['closed', 0]);
});

test('a successful probe closes the circuit with an empty window', () => {
  const { subject, calls, later } = bench();

  calls(...failures(4));
  later(300);
  calls('success', ...failures(3));

  expect(subject.state).toBe('closed');
});

test('a failed probe opens the circuit again for openMs', () => {
  const { subject, calls, later } = bench();

  calls(...failures(4));
  later(450);
  calls('failure');

  expect([subject.state, subject.waitMs, subject.permit()]).toEqual(['open', 300, undefined]);
});

test('after a probe without an outcome the next call is a probe at once', () => {
  const { subject, begin, calls, later } = bench();

  calls(...failures(4));
  later(300);
  calls('neutral', 'neutral');
  const waitMs = subject.waitMs;
  begin();

  expect([waitMs, subject.state, subject.permit()]).toEqual([0, 'half-open', undefined]);
});

test('when a probe has no outcome for openMs another is sent, and the first outcome decides', () => {
  const { subject, begin, calls, later } = bench();

  calls(...failures(4));
  later(300);
  const silent = begin();
  later(300);
  const next = begin();
  const refused = subject.permit();
  subject.record(silent, 'success');
  const decided = subject.state;
  subject.record(next, 'failure');

  expect([refused, decided, subject.state]).toEqual([undefined, 'closed', 'closed']);
});

test('an older probe without an outcome does not allow another one beside the newer probe', () => {
  const { subject, begin, calls, later } = bench();

  calls(...failures(4));
  later(300);
  const overtaken = begin();
  later(300);
  begin();
  subject.record(overtaken, 'neutral');

  expect(subject.permit()).toBeUndefined();
});

test('outcomes of calls from an earlier state are not counted', () => {
  const { subject, begin, calls, later } = bench();
  const late = [begin(), begin(), begin(), begin(), begin()] as const;

  calls(...failures(4));
  subject.record(late[0], 'success');
  const whileOpen = subject.state;
  later(300);
  const probe = begin();
  subject.record(late[1], 'success');
  subject.record(late[2], 'failure');
  subject.record(late[3], 'neutral');
  const whileHalfOpen = [subject.state, subject.permit()];
  subject.record(probe, 'success');
  calls(...failures(3));
  subject.record(late[4], 'failure');

  expect(whileOpen).toBe('open');
  expect(whileHalfOpen).toEqual(['half-open', undefined]);
  expect(subject.state).toBe('closed');
});

/** Who is let through, by the promises alone: a call remembers the state in which it began, as an object. */
interface Model {
  readonly rules: CircuitRules;
  nowMs: number;
  stay: Stay;
  readonly underWay: Began[];
  readonly seen: Set<string>;
}

/** One stay in one state. */
type Stay =
  | { readonly state: 'closed'; readonly ends: { readonly at: number; readonly verdict: Verdict }[] }
  | { readonly state: 'open'; readonly until: number }
  | { readonly state: 'half-open'; readonly probes: Began[] };

interface Began {
  readonly at: number;
  readonly stay: Stay;
  pass: number;
  end?: Verdict;
}

interface Real {
  readonly subject: Circuit;
  readonly time: { nowMs: number };
}

/** The moment from which another call may go through; one that has passed when it may now. */
function opensAt({ stay, rules: { openMs } }: Model): number {
  if (stay.state === 'closed') return -Infinity;
  if (stay.state === 'open') return stay.until;
  const last = stay.probes.at(-1);
  return last === undefined || last.end === 'neutral' ? -Infinity : last.at + openMs;
}

function modelBegins(model: Model): Began | undefined {
  if (model.nowMs < opensAt(model)) return undefined;
  if (model.stay.state === 'open') model.stay = { state: 'half-open', probes: [] };
  const began: Began = { at: model.nowMs, stay: model.stay, pass: Number.NaN };
  if (model.stay.state === 'half-open') {
    model.stay.probes.push(began);
    if (model.stay.probes.length > 1) model.seen.add('another probe');
  }
  model.underWay.push(began);
  return began;
}

function modelEnds(model: Model, began: Began, verdict: Verdict): void {
  const { stay, nowMs } = model;
  began.end = verdict;
  model.underWay.splice(model.underWay.indexOf(began), 1);
  if (began.stay !== stay) {
    model.seen.add(`${verdict} from before, while ${stay.state}`);
    return;
  }
  if (verdict === 'neutral') return;
  if (stay.state === 'closed') stay.ends.push({ at: nowMs, verdict });
  const isNowOpen = stay.state === 'closed' ? verdict === 'failure' && isBad(stay.ends, model) : verdict === 'failure';
  if (isNowOpen) model.stay = { state: 'open', until: nowMs + model.rules.openMs };
  else if (stay.state === 'half-open') model.stay = { state: 'closed', ends: [] };
  if (model.stay !== stay) model.seen.add(`${stay.state} to ${model.stay.state}`);
}

function isBad(ends: readonly { at: number; verdict: Verdict }[], { nowMs, rules: its }: Model): boolean {
  const tenth = (at: number): number => Math.floor(at / (its.windowMs / 10));
  const counted = ends.filter(({ at }) => tenth(nowMs) - tenth(at) < 10);
  const failed = counted.filter(({ verdict }) => verdict === 'failure');
  return counted.length >= its.minimumCalls && failed.length / counted.length >= its.failureRatio;
}

function compare(model: Model, { subject }: Real): void {
  const state: CircuitState = model.stay.state;
  const waitMs = Math.max(0, opensAt(model) - model.nowMs);
  expect([subject.state, subject.waitMs]).toEqual([state, waitMs]);
}

const always = (): boolean => true;

const begins = (): Command<Model, Real> => ({
  check: always,
  run(model, real) {
    const began = modelBegins(model);
    const pass = real.subject.permit();
    expect(pass === undefined).toBe(began === undefined);
    if (began !== undefined && pass !== undefined) began.pass = pass;
    compare(model, real);
  },
  toString: () => 'begin',
});

const ends = (place: number, verdict: Verdict): Command<Model, Real> => ({
  check: ({ underWay }) => underWay.length > 0,
  run(model, real) {
    const began = model.underWay[place % model.underWay.length];
    if (began === undefined) return;
    modelEnds(model, began, verdict);
    real.subject.record(began.pass, verdict);
    compare(model, real);
  },
  toString: () => `end(${place}, ${verdict})`,
});

const passes = (ms: number): Command<Model, Real> => ({
  check: always,
  run(model, real) {
    model.nowMs += ms;
    real.time.nowMs += ms;
    compare(model, real);
  },
  toString: () => `advance(${ms})`,
});

const someRules = record({
  failureRatio: constantFrom(0.1, 0.5, 1),
  minimumCalls: constantFrom(1, 2, 4),
  windowMs: constantFrom(100, 1_000, 10),
  openMs: constantFrom(30, 100, 500),
});
const begin = constant(0).map(begins);
const happenings = [
  begin,
  begin, // so that many are under way when the state changes
  record({ place: nat(9), verdict: constantFrom<Verdict>('failure', 'failure', 'success', 'neutral') }).map((each) =>
    ends(each.place, each.verdict),
  ),
  constantFrom(0, 1, 10, 30, 100, 500, 1_000).map(passes),
];
const histories = commands(happenings, { maxCommands: 120, size: 'max' });

test('in any sequence of outcomes the circuit keeps its rules, and closes when the server recovers', () => {
  const seen = new Set<string>();

  assert(
    property(someRules, histories, (its, list) => {
      const time = { nowMs: 0 };
      const subject = createCircuit(its, () => time.nowMs);
      const model: Model = { rules: its, nowMs: 0, stay: { state: 'closed', ends: [] }, underWay: [], seen };
      modelRun(() => ({ model, real: { subject, time } }), list);

      time.nowMs += its.openMs;
      const pass = subject.permit();
      if (pass !== undefined) subject.record(pass, 'success');

      expect([pass === undefined, subject.state]).toEqual([false, 'closed']);
    }),
    { numRuns: 1_000 },
  );

  expect([...seen].toSorted()).toEqual([
    'another probe',
    'closed to open',
    'failure from before, while closed',
    'failure from before, while half-open',
    'failure from before, while open',
    'half-open to closed',
    'half-open to open',
    'neutral from before, while closed',
    'neutral from before, while half-open',
    'neutral from before, while open',
    'success from before, while closed',
    'success from before, while half-open',
    'success from before, while open',
  ]);
});
