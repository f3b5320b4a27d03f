import { computed, signal } from '@preact/signals';
import { findChanges } from '../../src/documents/value-changes.ts';
import type { Change } from '../../src/documents/value-changes.ts';
import type { CheckedText, DocumentState } from '../../src/documents/studio-document.ts';
import { isFields, isSame } from '../../src/documents/value.ts';
import type { Fields, Path, Value } from '../../src/documents/value.ts';
import { api } from './api.ts';
import type { StudioState } from './api.ts';
import { setAt, valueAt } from '../form/paths.ts';

/** What the server has said at first; `undefined` until then. */
export const studio = signal<StudioState | undefined>(undefined);
/** The documents as they are on disk. */
export const documents = signal<readonly DocumentState[]>([]);
/** The edited values that are not saved, by the id of the document. */
export const drafts = signal<ReadonlyMap<string, Value | undefined>>(new Map());
/** The text and the problems of drafts, as the server has made them. */
const checked = signal<ReadonlyMap<string, CheckedText>>(new Map());
/** When a document was saved last, by its id. */
export const savedAt = signal<ReadonlyMap<string, number>>(new Map());

/** A map with one more entry. */
export const withEntry = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> =>
  new Map([...map, [key, value]]);

const without = <K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> =>
  new Map([...map].filter(([each]) => each !== key));

/** The document with an id as it is on disk. */
export const findDocument = (id: string): DocumentState | undefined => documents.value.find((each) => each.id === id);

/** The value of a document with its edits. */
export function currentValue(id: string): Value | undefined {
  return drafts.value.has(id) ? drafts.value.get(id) : findDocument(id)?.value;
}

/** The text and problems of a document with its edits. */
export function currentText(id: string): CheckedText | undefined {
  return (drafts.value.has(id) ? checked.value.get(id) : undefined) ?? findDocument(id);
}

/** What differs from the file. */
export function listChanges(id: string): readonly Change[] {
  return drafts.value.has(id) ? findChanges(findDocument(id)?.value, drafts.value.get(id)) : [];
}

/** True when any document has edits that are not saved. */
export const isDirty = computed(() => drafts.value.size > 0);

const pending = new Map<string, ReturnType<typeof setTimeout>>();

/** Sets the edited value of a document. With the value of the file there is no edit. */
export function setDraft(id: string, value: Value | undefined): void {
  savedAt.value = without(savedAt.value, id);
  clearTimeout(pending.get(id));
  if (isSame(value, findDocument(id)?.value) || (findDocument(id)?.value === undefined && isSame(value, {}))) {
    drafts.value = without(drafts.value, id);
    checked.value = without(checked.value, id);
    return;
  }
  drafts.value = withEntry(drafts.value, id, value);
  pending.set(
    id,
    setTimeout(() => void check(id), 60),
  );
}

/** Asks the server for the text and the problems of a draft. An answer that is overtaken by an edit is dropped. */
async function check(id: string): Promise<void> {
  const base = findDocument(id)?.text ?? '';
  const value = drafts.value.get(id);
  try {
    const answer = await api.check({ id, base, value });
    if (drafts.value.get(id) === value) checked.value = withEntry(checked.value, id, answer);
  } catch {
    // the connection's own state shows that the studio is gone
  }
}

/** Sets one field. `undefined` removes it. */
export function setField(id: string, path: Path, value: Value | undefined): void {
  setDraft(id, setAt(currentValue(id), path, value));
}

/** The value of a field on disk. */
export const savedField = (id: string, path: Path): Value | undefined => valueAt(findDocument(id)?.value, path);

/** Takes a document as the server has it now, with other edits or none. */
export function takeDocument(state: DocumentState, value?: Value): void {
  const others = documents.value.filter(({ id }) => id !== state.id);
  const isKnown = others.length < documents.value.length;
  documents.value = isKnown
    ? documents.value.map((each) => (each.id === state.id ? state : each))
    : [...others, state].toSorted((one, other) => one.id.localeCompare(other.id));
  drafts.value = without(drafts.value, state.id);
  checked.value = without(checked.value, state.id);
  if (value !== undefined) setDraft(state.id, value);
}

/** Reads documents again that have changed on disk. Those with edits keep them: saving shows both versions. */
export async function followDocuments(ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    if (drafts.value.has(id)) continue;
    const state = await api.read(id);
    const isNew = findDocument(id)?.version !== state.version;
    if (isNew && !drafts.value.has(id)) takeDocument(state);
  }
}

/** A group of fields in a document; empty when there is none. */
export function fieldsAt(id: string, path: Path): Fields {
  const value = valueAt(currentValue(id), path);
  return isFields(value) ? value : {};
}
