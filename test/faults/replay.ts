import { expect, onTestFinished, test } from 'vitest';
import '@bearings/testing/vitest';
import { catalogue, findEntry } from './catalogue.ts';
import type { Entry } from './catalogue.ts';
import { deviations } from './deviations.ts';
import { pendingFeatures } from './pending-features.ts';

const { clientId = '', clientSecret = '', accessToken = '', refreshToken = '' } = catalogue.fixtures;

/** Texts that must not be printed in any form. Every secret of the catalogue contains CANARY. */
const canaries: readonly string[] = ['CANARY', clientSecret, accessToken, refreshToken, `${clientId}:${clientSecret}`];

/** The arguments of a replay. */
export interface Replay {
  /** The entry, with the expectation of its known deviation if it has one. */
  readonly entry: Entry;
  /** Registers an error, or any value that a program may log, to be checked for secrets. Returns it. */
  readonly hides: <T>(value: T) => T;
}

/** Causes the fault of one entry and checks the outcome. */
export type Run = (replay: Replay) => Promise<void> | void;

/**
 * Declares a test for one entry of the catalogue.
 *
 * After it, checks the global invariants: no secret in the values passed to `hides`, no unhandled rejection, no
 * process warning, `Object.prototype` unchanged.
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
    await new Promise((resolve) => setImmediate(resolve)); // unhandled rejections are reported one turn later
    expect(logged).toHideSecrets(canaries);
    expect(complaints).toEqual([]);
    expect(Reflect.ownKeys(Object.prototype).toSorted(byName)).toEqual(prototypeKeys);
  });
}

/**
 * Declares a test for every entry of an area, except those that wait for a feature.
 *
 * @param scenarios - by id, for entries that need a run of their own
 * @param otherwise - for all other entries
 * @throws for a scenario whose entry is of another area or waits for a feature
 */
export function replayArea(area: string, scenarios: Readonly<Record<string, Run>>, otherwise: Run): void {
  const waiting = new Set(pendingFeatures.flatMap(({ ids }) => ids));
  const entries = catalogue.entries.filter((entry) => entry.area === area && !waiting.has(entry.id));
  const stray = Object.keys(scenarios).filter((id) => entries.every((entry) => entry.id !== id));
  if (stray.length > 0) throw new Error(`The area ${area} does not replay ${stray.join(', ')}`);
  for (const { id } of entries) replay(id, scenarios[id] ?? otherwise);
}

/** The entry, changed by its known deviation if it has one. */
function asAgreed(entry: Entry): Entry {
  const { instead } = deviations.find(({ id }) => id === entry.id) ?? {};
  return instead === undefined ? entry : { ...entry, expect: { ...entry.expect, ...instead } };
}

const byName = (a: string | symbol, b: string | symbol): number => String(a).localeCompare(String(b));

const prototypeKeys = Reflect.ownKeys(Object.prototype).toSorted(byName);

/** Collects the warnings and unhandled rejections of the process until the test ends. */
function watchProcess(): readonly unknown[] {
  const complaints: unknown[] = [];
  const complain = (what: unknown): void => void complaints.push(what);
  for (const event of ['unhandledRejection', 'uncaughtExceptionMonitor', 'warning']) process.on(event, complain);
  onTestFinished(() => {
    for (const event of ['unhandledRejection', 'uncaughtExceptionMonitor', 'warning']) process.off(event, complain);
  });
  return complaints;
}
