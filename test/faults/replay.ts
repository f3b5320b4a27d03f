import { expect, onTestFinished, test } from 'vitest';
import '@bearings/testing/vitest';
import { catalogue, findEntry } from './catalogue.ts';
import type { Entry } from './catalogue.ts';
import { deviations } from './deviations.ts';
import { pendingFeatures } from './pending-features.ts';

const { clientId = '', clientSecret = '', accessToken = '', refreshToken = '' } = catalogue.fixtures;

/** What must not show, in whatever form: every secret value of the catalogue holds CANARY. */
const canaries: readonly string[] = ['CANARY', clientSecret, accessToken, refreshToken, `${clientId}:${clientSecret}`];

/** What a replay is given. */
export interface Replay {
  /** The entry; where Bearings deviates knowingly, with what it does in place of what it should. */
  readonly entry: Entry;
  /** Hands over an error, or anything else that a program may log; no canary may show in it. Gives it back. */
  readonly hides: <T>(value: T) => T;
}

/** Makes one entry happen and checks what comes of it. */
export type Run = (replay: Replay) => Promise<void> | void;

/**
 * One entry of the catalogue, as a test.
 *
 * The global invariants are checked after it: no canary in what it handed to `hides`, no unhandled rejection, no
 * warning of the process, `Object.prototype` as it was.
 */
export function replay(id: string, run: Run): void {
  const entry = asAgreed(findEntry(id));
  const { level, given, when } = entry;
  test(`${id} ${level}: ${given}, ${when} → ${entry.expect.outcome}`, async () => {
    const logged: unknown[] = [];
    const complaints = watchProcess();
    const hides = <T>(value: T): T => {
      logged.push(value);
      return value;
    };
    await run({ entry, hides });
    await new Promise((resolve) => setImmediate(resolve)); // rejections are reported a turn later
    expect(logged).toHideSecrets(canaries);
    expect(complaints).toEqual([]);
    expect(Reflect.ownKeys(Object.prototype).toSorted(byName)).toEqual(prototypeKeys);
  });
}

/**
 * Every entry of an area, but for those that wait for a feature.
 *
 * @param scenarios - by id, for entries that are not like the others
 * @param otherwise - for all others
 * @throws for a scenario whose entry is of another area or waits for a feature
 */
export function replayArea(area: string, scenarios: Readonly<Record<string, Run>>, otherwise: Run): void {
  const waiting = new Set(pendingFeatures.flatMap(({ ids }) => ids));
  const entries = catalogue.entries.filter((entry) => entry.area === area && !waiting.has(entry.id));
  const stray = Object.keys(scenarios).filter((id) => entries.every((entry) => entry.id !== id));
  if (stray.length > 0) throw new Error(`The area ${area} does not replay ${stray.join(', ')}`);
  for (const { id } of entries) replay(id, scenarios[id] ?? otherwise);
}

/** What an entry says, or what Bearings does in its place. */
function asAgreed(entry: Entry): Entry {
  const { instead } = deviations.find(({ id }) => id === entry.id) ?? {};
  return instead === undefined ? entry : { ...entry, expect: { ...entry.expect, ...instead } };
}

const byName = (a: string | symbol, b: string | symbol): number => String(a).localeCompare(String(b));

const prototypeKeys = Reflect.ownKeys(Object.prototype).toSorted(byName);

/** What the process complains of from now until the test ends. */
function watchProcess(): readonly unknown[] {
  const complaints: unknown[] = [];
  const complain = (what: unknown): void => void complaints.push(what);
  for (const event of ['unhandledRejection', 'uncaughtExceptionMonitor', 'warning']) process.on(event, complain);
  onTestFinished(() => {
    for (const event of ['unhandledRejection', 'uncaughtExceptionMonitor', 'warning']) process.off(event, complain);
  });
  return complaints;
}
