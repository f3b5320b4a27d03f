import { signal } from '@preact/signals';
import type { Preview } from '../../src/documents/document-kind.ts';
import { api } from '../state/api.ts';
import { currentValue, findDocument } from '../state/documents.ts';

/** The preview that is shown. */
export interface ShownPreview {
  readonly id: string;
  readonly resource: string;
  /** `undefined` while it is being read. */
  readonly answer: Preview | undefined;
}

export const preview = signal<ShownPreview | undefined>(undefined);

/** Reads the first page of a resource, as the connector is in the form. Nothing is written. */
export async function showPreview(id: string, resource: string): Promise<void> {
  const started: ShownPreview = { id, resource, answer: undefined };
  preview.value = started;
  const finish = (answer: Preview): void => {
    if (preview.value === started) preview.value = { id, resource, answer };
  };
  try {
    const edit = { id, base: findDocument(id)?.text ?? '', value: currentValue(id) };
    finish(await api.preview(edit, resource));
  } catch (cause) {
    finish({ problem: cause instanceof Error ? cause.message : 'it could not be read', remedy: 'Try again' });
  }
}
