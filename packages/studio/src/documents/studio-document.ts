import type { Problem } from '@bearings/config';
import { basename, extname } from 'node:path';
import type { DocumentKind, Draft } from './document-kind.ts';
import { readVersion } from './file-version.ts';
import type { FileVersion } from './file-version.ts';
import { parseText } from './parse-text.ts';
import { patchText } from './patch-text.ts';
import { saveFile } from './save-file.ts';
import type { Value } from './value.ts';

/** What the page shows of a document. */
export interface DocumentState {
  readonly id: string;
  readonly kind: string;
  /** The path of the file. */
  readonly file: string;
  readonly text: string;
  readonly version: string;
  readonly changedAt: number;
  /** Absent for an empty file, and for one with a syntax error. */
  readonly value?: Value | undefined;
  /** False when the text has a syntax error: it cannot be edited in the form. */
  readonly isReadable: boolean;
  readonly problems: readonly Problem[];
}

/** A text with the problems that it has. */
export type CheckedText = Pick<DocumentState, 'text' | 'value' | 'isReadable' | 'problems'>;

/** An edit of a document: a value for the form, or a text. */
export type Edit = { readonly base: string } & ({ readonly value: Value | undefined } | { readonly text: string });

/** One file that the studio shows and writes. */
export class StudioDocument {
  readonly id: string;
  readonly kind: string;
  readonly file: string;
  readonly rules: DocumentKind;
  #saving: Promise<unknown> = Promise.resolve();

  constructor(id: string, { kind, file, rules }: { kind: string; file: string; rules: DocumentKind }) {
    this.id = id;
    this.kind = kind;
    this.file = file;
    this.rules = rules;
  }

  /** The file as it is now. */
  async read(): Promise<DocumentState> {
    try {
      return await this.#toState(await readVersion(this.file));
    } catch (cause) {
      return this.#unreadable(cause);
    }
  }

  /** The text that an edit makes of its base, and the problems of it. Nothing is written. */
  async check(edit: Edit): Promise<CheckedText> {
    return this.#check(this.#toText(edit));
  }

  /** The document as an edit makes it, to be tried out. */
  async draft(edit: Edit): Promise<Draft> {
    const text = this.#toText(edit);
    return { file: this.file, text, value: parseText(text)?.value };
  }

  /** Writes an edit. One save runs after the other. */
  async save(edit: Edit, version: string): Promise<{ readonly isSaved: boolean; readonly state: DocumentState }> {
    const text = this.#toText(edit);
    const previous = this.#saving;
    const work = (async () => {
      await previous;
      return saveFile({ file: this.file, text, version });
    })();
    this.#saving = settle(work);
    const result = await work;
    if ('saved' in result) return { isSaved: true, state: await this.#toState(result.saved) };
    return { isSaved: false, state: await this.#toState(result.conflict) };
  }

  #toText(edit: Edit): string {
    if ('text' in edit) return edit.text;
    const isJson = extname(this.file).toLowerCase() === '.json';
    return patchText({ text: edit.base, isJson }, edit.value) ?? edit.base;
  }

  async #toState({ text, version, changedAt }: FileVersion): Promise<DocumentState> {
    const { id, kind, file } = this;
    return { id, kind, file, version, changedAt, ...(await this.#check(text)) };
  }

  /** A file that cannot be read at all: a folder, a file of another user, or no text. */
  #unreadable(cause: unknown): DocumentState {
    const { id, kind, file } = this;
    const isSystem = cause instanceof Error && 'code' in cause && !String(cause.code).startsWith('ERR_ENCODING');
    const reason = isSystem ? String(cause.code) : 'it is not UTF-8 of at most 1 MiB';
    const problem = { path: '', found: `cannot be read (${reason})`, expected: 'make it a text file of this user' };
    const problems = [{ ...problem, file: basename(file), line: 1, column: 1 }];
    return { id, kind, file, text: '', version: 'unreadable', changedAt: 0, isReadable: false, problems };
  }

  async #check(text: string): Promise<CheckedText> {
    const parsed = parseText(text);
    const problems = await this.rules.check(this.file, text);
    const name = basename(this.file);
    const shown = problems.map((problem) => ({ ...problem, file: name }));
    return { text, value: parsed?.value, isReadable: parsed !== undefined, problems: shown };
  }
}

async function settle(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch {
    // the caller of this save gets it
  }
}
