import { signal } from '@preact/signals';
import type { DocumentState } from '../../src/documents/studio-document.ts';
import { applyChanges } from '../../src/documents/value-changes.ts';
import { api } from '../state/api.ts';
import {
  listChanges,
  currentValue,
  drafts,
  findDocument,
  savedAt,
  takeDocument,
  withEntry,
} from '../state/documents.ts';

/** What is asked before a file is written. */
export type Question =
  | { readonly type: 'review'; readonly id: string }
  | { readonly type: 'conflict'; readonly id: string; readonly theirs: DocumentState }
  | { readonly type: 'failed'; readonly id: string; readonly message: string };

/** The open dialog. */
export const question = signal<Question | undefined>(undefined);

/** Opens the review of a document, when there is something to review. */
export function openReview(id: string): void {
  if (listChanges(id).length > 0) question.value = { type: 'review', id };
}

/** Writes the document as it is in the form, over the version that was read. */
export async function writeDocument(id: string): Promise<void> {
  const known = findDocument(id);
  if (known === undefined) return;
  try {
    const edit = { id, base: known.text, value: drafts.value.get(id) };
    const { isSaved, state } = await api.save(edit, known.version);
    if (!isSaved) {
      question.value = { type: 'conflict', id, theirs: state };
      return;
    }
    takeDocument(state);
    savedAt.value = withEntry(savedAt.value, id, Date.now());
    question.value = undefined;
  } catch (cause) {
    question.value = {
      type: 'failed',
      id,
      message: cause instanceof Error ? cause.message : 'it could not be written',
    };
  }
}

/** Takes the other version, with the own changes put into it or without them. */
export function takeTheirs(theirs: DocumentState, isMerged: boolean): void {
  const changes = listChanges(theirs.id);
  takeDocument(theirs, isMerged ? applyChanges(theirs.value, changes) : undefined);
  question.value = isMerged ? { type: 'review', id: theirs.id } : undefined;
}

/** Keeps the own text in place of the other version, and asks once more. */
export function keepMine(theirs: DocumentState): void {
  const mine = currentValue(theirs.id);
  takeDocument(theirs, mine);
  question.value = { type: 'review', id: theirs.id };
}

/** Closes the dialog. */
export function closeDialog(): void {
  question.value = undefined;
}
