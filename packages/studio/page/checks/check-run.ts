import { signal } from '@preact/signals';
import type { CheckEvent, Exchange } from '../../src/checks/check-event.ts';
import { readEvents } from '../../src/watch/read-events.ts';
import { api } from '../state/api.ts';
import { currentValue, findDocument } from '../state/documents.ts';

/** The result of one check. */
export type CheckResult = Extract<CheckEvent, { readonly type: 'check' }>;

/** A test that runs or has run. */
export interface CheckRun {
  readonly id: string;
  readonly name: string;
  readonly startedAt: number;
  readonly isRunning: boolean;
  readonly results: readonly CheckResult[];
  readonly exchanges: readonly Exchange[];
  /** Why the test itself could not run. */
  readonly failure: string;
}

/** The latest test. */
export const run = signal<CheckRun | undefined>(undefined);

let stopping = new AbortController();

/** Stops the test. What it has found stays. */
export function stopChecks(): void {
  stopping.abort();
  if (run.value?.isRunning === true) run.value = { ...run.value, isRunning: false };
}

/** Tests a client or connector as it is in the form, and shows each result as it comes. */
export async function startChecks(id: string, name: string): Promise<void> {
  stopping.abort();
  stopping = new AbortController();
  const { signal: stopped } = stopping;
  run.value = { id, name, startedAt: Date.now(), isRunning: true, results: [], exchanges: [], failure: '' };
  const update = (change: (known: CheckRun) => Partial<CheckRun>): void => {
    if (!stopped.aborted && run.value !== undefined) run.value = { ...run.value, ...change(run.value) };
  };
  try {
    const edit = { id, base: findDocument(id)?.text ?? '', value: currentValue(id) };
    const response = await api.test(edit, name, stopped);
    if (!response.ok || response.body === null) throw new Error(`the studio answered ${response.status}`);
    for await (const { name: type, value } of readEvents(response.body)) {
      if (type === 'check') update(({ results }) => ({ results: [...results, value as CheckResult] }));
      if (type === 'exchange') update(({ exchanges }) => ({ exchanges: [...exchanges, value as Exchange] }));
      if (type === 'failed') update(() => ({ failure: String((value as { readonly message: unknown }).message) }));
    }
  } catch (cause) {
    update(() => ({ failure: cause instanceof Error ? cause.message : 'the test could not run' }));
  }
  update(() => ({ isRunning: false }));
}
