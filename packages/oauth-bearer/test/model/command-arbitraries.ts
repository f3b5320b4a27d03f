import { array, boolean, constant, constantFrom, nat, oneof, option, record } from 'fast-check';
import type { Arbitrary, AsyncCommand } from 'fast-check';
import type { Monitor } from './monitor.ts';
import type { Reply } from './scripted-endpoint.ts';
import type { Act, Beat, TimeStep, World, WorldOptions } from './world.ts';

/** The setting of a history. */
export interface Surroundings extends Omit<WorldOptions, 'random'> {
  readonly seed: number;
  /** The first events: almost always a token is acquired. */
  readonly beginning: readonly Beat[];
}

/** One command of a history. */
export type Happening = AsyncCommand<Monitor, World>;

const lifetimeMs = constantFrom(3_600_000, 3_600_000, 300_000, 60_000, 15_000, 5_000, 1_000);

const beginnings: readonly Beat[][] = [3_600_000, 3_600_000, 60_000, 15_000].map((lifetime) => [
  { act: { kind: 'get' }, turns: 0 },
  { act: { kind: 'answer', place: 0, reply: { kind: 'new', lifetimeMs: lifetime } }, turns: 0 },
]);

const reply: Arbitrary<Reply> = oneof(
  { weight: 5, arbitrary: record({ kind: constant('new'), lifetimeMs }) },
  { weight: 4, arbitrary: record({ kind: constant('same'), lifetimeMs }) },
  {
    weight: 3,
    arbitrary: record({
      kind: constant('busy'),
      retryAfterMs: constantFrom(undefined, undefined, 0, 2_000, 45_000, 7_200_000),
    }),
  },
  { weight: 1, arbitrary: record({ kind: constant('refused') }) },
  { weight: 1, arbitrary: record({ kind: constant('useless') }) },
  { weight: 2, arbitrary: record({ kind: constant('lost') }) },
);

const place = nat(7);

const act: Arbitrary<Act> = oneof(
  {
    weight: 900,
    arbitrary: record({
      kind: constant('get'),
      minValidityMs: constantFrom(0, 0, 0, 5_000, 3_600_000),
      isAbortable: boolean(),
    }),
  },
  { weight: 1_800, arbitrary: record({ kind: constant('answer'), place: constantFrom(0, 0, 0, 1, 2), reply }) },
  { weight: 750, arbitrary: record({ kind: constant('invalidate'), place: option(place, { nil: undefined }) }) },
  { weight: 300, arbitrary: record({ kind: constant('read') }) },
  { weight: 300, arbitrary: record({ kind: constant('abort'), place }) },
  { weight: 27, arbitrary: record({ kind: constant('close') }) },
);

const rejections: readonly Beat[] = [1, 2, 3, 4].flatMap((): readonly Beat[] => [
  { act: { kind: 'invalidate' }, turns: 0 },
  { act: { kind: 'answer', place: 0, reply: { kind: 'new', lifetimeMs: 3_600_000 } }, turns: 0 },
]);

/** Any setting. */
export const surroundings: Arbitrary<Surroundings> = record({
  timing: record({
    refreshOffsetMs: constantFrom(1_800_000, 0, 60_000),
    jitterMaxMs: constantFrom(300_000, 0),
    minRefreshPeriodMs: constantFrom(10_000, 10_000, 0),
  }),
  isTimed: constantFrom(true, true, true, false),
  isDeaf: constantFrom(false, false, true),
  reaction: option(
    record({
      to: constantFrom(
        'acquired',
        'renewed',
        'rotated',
        'renewal-failed',
        'invalidated',
        'expired',
        'recovered',
        'closed',
      ),
      act: constantFrom<Act>({ kind: 'get' }, { kind: 'read' }, { kind: 'invalidate' }, { kind: 'close' }),
    }),
    { freq: 4, nil: undefined },
  ),
  seed: nat(),
  beginning: constantFrom([], ...beginnings, ...beginnings, [...(beginnings[0] ?? []), ...rejections]),
});

const timeStep: Arbitrary<TimeStep> = oneof(
  {
    weight: 4,
    arbitrary: record({
      kind: constant('advance'),
      ms: constantFrom(0, 500, 1_000, 4_999, 5_000, 9_999, 10_000, 30_000, 59_000, 300_000, 1_800_000),
    }),
  },
  {
    weight: 2,
    arbitrary: record({
      kind: constant('prosper'),
      ms: constantFrom(0, 10_000, 300_000, 3_600_000),
      lifetimeMs: constantFrom(3_600_000, 300_000),
    }),
  },
  { weight: 4, arbitrary: record({ kind: constant('tick') }) },
  {
    weight: 1,
    arbitrary: record({
      kind: constant('jumpWall'),
      ms: constantFrom(1_000, 20_000, 1_800_000, 3_600_000, -1_000, -3_600_000),
    }),
  },
  { weight: 1, arbitrary: record({ kind: constant('suspend'), ms: constantFrom(1_000, 60_000, 3_600_000) }) },
);

/** The number of turns that a response takes through the client is not fixed, so any number up to this is tried. */
const turns = constantFrom(0, 0, 0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89);

/** One act; acts without an effect are left out. */
const acting = (one: Act): Happening => ({
  check: (monitor) => monitor.isFlying || (one.kind !== 'answer' && one.kind !== 'abort'),
  run: (_monitor, world) => world.act([{ act: one, turns: 0 }]),
  toString: () => JSON.stringify(one),
});

const actingAtOnce = (beats: readonly Beat[]): Happening => ({
  check: () => true,
  run: (_monitor, world) => world.act(beats),
  toString: () => JSON.stringify(beats),
});

const passing = (time: TimeStep): Happening => ({
  check: () => true,
  run: (_monitor, world) => world.pass(time),
  toString: () => JSON.stringify(time),
});

/** All commands: single acts more often than several at once, or time steps. */
export const commandArbitraries: Arbitrary<Happening>[] = [
  act.map(acting),
  act.map(acting),
  array(record({ act, turns }), { minLength: 2, maxLength: 4 }).map(actingAtOnce),
  timeStep.map(passing),
];
