import type { Problem } from '@bearings/config';
import type { CheckEvent } from '../checks/check-event.ts';
import type { Fields, Value } from './value.ts';

/** An edited document that is not saved. */
export interface Draft {
  /** The path of the file. */
  readonly file: string;
  readonly text: string;
  readonly value: Value | undefined;
}

/** What to test of a draft. */
export interface TestOptions {
  /** The name of the client or connector. */
  readonly name: string;
  readonly signal: AbortSignal;
}

/** What to show of a draft as a preview. */
export interface PreviewOptions {
  /** The name of the resource. */
  readonly resource: string;
  readonly signal: AbortSignal;
}

/** The first page of a resource. */
export type Preview =
  | { readonly records: readonly unknown[]; readonly message: string }
  | { readonly problem: string; readonly remedy: string };

/** A kind of document: its schema, how it is checked, and what can be tried with it. */
export interface DocumentKind {
  /** The JSON Schema (draft 2020-12) that the form is made from. */
  readonly schema: Fields;
  /** All problems of a text, in the order of the file. The text is checked in place of the file's content. */
  readonly check: (file: string, text: string) => Promise<readonly Problem[]>;
  /** Tests a draft, check by check. Default: there is no test. */
  readonly test?: (draft: Draft, options: TestOptions) => AsyncIterable<CheckEvent>;
  /** Reads the first page of a resource. Default: there is no preview. */
  readonly preview?: (draft: Draft, options: PreviewOptions) => Promise<Preview>;
}
