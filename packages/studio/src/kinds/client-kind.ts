import { readFile } from 'node:fs/promises';
import { loadConfig } from '@bearings/config';
import type { Environment } from '@bearings/config';
import type { DocumentKind } from '../documents/document-kind.ts';
import { isFields } from '../documents/value.ts';
import type { Fields } from '../documents/value.ts';

/** What the kind of configs is made of. */
export interface ClientKindOptions extends Pick<DocumentKind, 'test'> {
  /** The environment variables that references name. */
  readonly env: Environment;
  /** The context of the config. Default: the one that the file names, or none. */
  readonly context?: string | undefined;
}

/** Configs of clients: checked by `loadConfig`, with the schema that editors use. */
export async function clientKind({ env, context, test }: ClientKindOptions): Promise<DocumentKind> {
  return {
    schema: await readSchema(),
    async check(file, text) {
      if (text.trim() === '') return []; // a new file
      const loaded = await loadConfig(file, { env, text, context });
      return loaded.isErr() ? loaded.error.problems : [];
    },
    ...(test && { test }),
  };
}

async function readSchema(): Promise<Fields> {
  const url = import.meta.resolve('@bearings/config/schema.json');
  const schema: unknown = JSON.parse(await readFile(new URL(url), 'utf8'));
  return isFields(schema) ? schema : {};
}
