import { signal } from '@preact/signals';
import type { Fields, Value } from '../../src/documents/value.ts';
import { withEntry } from '../state/documents.ts';

/** Values of modes that were left, by document, path and mode: they come back when the mode does. Lost with the page. */
const stash = signal<ReadonlyMap<string, Value>>(new Map());

/** A switch that can be undone. */
export interface UndoStep {
  readonly key: string;
  readonly undo: () => void;
}

/** The switches of modes, the last one last. */
export const undoSteps = signal<readonly UndoStep[]>([]);

/** Remembers the value of a mode that is left. */
export function remember(key: string, value: Value): void {
  stash.value = withEntry(stash.value, key, value);
}

/** The value that a mode had before. */
export function recall(key: string): Fields | undefined {
  const value = stash.value.get(key);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** Undoes the last switch. */
export function undoLast(): void {
  const last = undoSteps.value.at(-1);
  undoSteps.value = undoSteps.value.slice(0, -1);
  last?.undo();
}
