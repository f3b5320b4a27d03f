import * as fc from 'fast-check';
import { expect } from 'vitest';
import { hourMs, minuteMs } from './create-service.ts';
import { TokenHistory } from './token-history.ts';

/** There is no model: the history checks each result by itself. */
type Model = Record<string, never>;

/** One step of a history. */
class Act implements fc.AsyncCommand<Model, TokenHistory> {
  readonly #name: string;
  readonly #act: (history: TokenHistory) => unknown;

  constructor(name: string, act: (history: TokenHistory) => unknown) {
    this.#name = name;
    this.#act = act;
  }

  check(): boolean {
    return true;
  }

  async run(_model: Model, history: TokenHistory): Promise<void> {
    await this.#act(history);
    expect(history.violations).toEqual([]);
  }

  toString(): string {
    return this.#name;
  }
}

const act = (name: string, run: (history: TokenHistory) => unknown): Act => new Act(name, run);

const spans = fc.constantFrom(0, 1, 400, 5_000, 10_000, 31_000, 2 * minuteMs, 6 * minuteMs, hourMs / 2);
const lifetimes = fc.constantFrom(1_000, 2 * minuteMs, 10 * minuteMs, hourMs, hourMs);
const places = fc.nat({ max: 3 });

/** An entry that is listed twice occurs twice as often. */
const acts = [
  fc.constant(act('get', (history) => history.get())),
  fc.constant(act('read', (history) => history.read())),
  lifetimes.map((ms) => act(`grant ${ms}`, (history) => history.grant(ms))),
  lifetimes.map((ms) => act(`get, grant ${ms}`, (history) => history.getGranted(ms))),
  lifetimes.map((ms) => act(`get, grant ${ms}`, (history) => history.getGranted(ms))),
  fc.constantFrom(503, 400, undefined).map((status) => act(`fail ${status}`, (history) => history.fail(status))),
  fc.oneof(
    spans.map((ms) => act(`advance ${ms}`, (history) => history.clock.advance(ms))),
    spans.map((ms) => act(`suspend ${ms}`, (history) => history.clock.suspend(ms))),
    spans.map((ms) => act(`jump ${ms}`, (history) => history.jumpWall(ms))),
    spans.map((ms) => act(`jump -${ms}`, (history) => history.jumpWall(-ms))),
  ),
  fc.constant(act('invalidate', (history) => history.invalidate(undefined))),
  places.map((place) => act(`invalidate ${place} back`, (history) => history.invalidate(history.held.at(-1 - place)))),
  places.map((place) => act(`abort ${place} back`, (history) => history.callers.at(-1 - place)?.controller.abort('x'))),
  fc.nat({ max: 8 }).map((turns) => act(`turn ${turns}`, () => microtasks(turns))),
  fc.constant(act('settle', (history) => history.clock.settle())),
];

/** Rare, because little happens after it. */
const close = fc
  .nat({ max: 5 })
  .map((dice) => (dice === 0 ? act('close', (history) => history.close()) : act('-', noop)));

const noop = (): void => {};

async function microtasks(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
}

/** With a healthy issuer, every waiting caller gets a result, and every new caller gets a token. */
async function mustEnd(history: TokenHistory): Promise<void> {
  history.heal();
  await history.clock.advance(31_000);
  expect(history.callers.filter(({ isSettled }) => !isSettled)).toEqual([]);
  await history.clock.advance(6 * minuteMs);
  await history.get();
  await history.clock.settle();
  expect(history.callers.filter(({ isSettled }) => !isSettled)).toEqual([]);
  const last = await history.read();
  expect(last.isOk() ? 'ok' : last.error.code).toBe(history.isClosed ? 'TOKEN_CLOSED' : 'ok');
  expect(history.violations).toEqual([]);
  const { requests } = history;
  await history.close();
  await history.clock.advance(hourMs);
  expect(history.requests).toBe(requests);
}

/**
 * Tries random histories of one token until one breaks a rule. fast-check prints the seed and the path of one that does.
 *
 * @returns the answer of the last token
 */
export async function tryHistories(
  options: fc.Parameters<[Iterable<fc.AsyncCommand<Model, TokenHistory>>]>,
): Promise<unknown> {
  const histories = fc.commands([...acts, close], { maxCommands: 30, size: 'max' });
  let served = 0;
  let last: unknown;
  const property = fc.asyncProperty(histories, async (commands) => {
    const history = new TokenHistory();
    await fc.asyncModelRun(() => ({ model: {}, real: history }), commands);
    await mustEnd(history);
    served += history.held.length;
    last = await history.token;
  });
  await fc.assert(property, options);
  expect(served).toBeGreaterThan(options.numRuns ?? 0);
  return last;
}
