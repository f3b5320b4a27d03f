import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { IntrospectionQuery } from 'graphql';
import { z } from 'zod';
import { findEndpoint } from './open-config.ts';
import type { EndpointsConfig } from './endpoints-config.ts';
import type { Terminal } from './terminal.ts';

/** A cached schema, and when it was read, in milliseconds since the epoch. */
interface CachedSchema {
  readonly readAt: number;
  readonly introspection: IntrospectionQuery;
}

/** The cached schema of one endpoint. */
export interface SchemaCache {
  /** `undefined` when there is none that can be read. */
  readonly load: () => Promise<CachedSchema | undefined>;
  /** Does nothing when the file cannot be written: a cache is not needed. */
  readonly save: (schema: CachedSchema) => Promise<void>;
}

const maxBytes = 20 * 1024 * 1024;

const cachedSchema = z.object({
  readAt: z.number(),
  introspection: z.custom<IntrospectionQuery>(
    (value) => typeof value === 'object' && value !== null && '__schema' in value,
  ),
});

/**
 * The cache of an endpoint: a file below `$XDG_CACHE_HOME` or `~/.cache`. Endpoints with another URL or credential have
 * files of their own, because a service may show each caller another schema.
 */
export function openSchemaCache(name: string, config: EndpointsConfig, { env }: Terminal): SchemaCache {
  const folder = cacheFolder(env);
  if (folder === undefined) return { load: async () => undefined, save: async () => {} };
  const identity = JSON.stringify([config.urls[name], findEndpoint(name, config).auth]);
  const file = join(folder, `${createHash('sha256').update(identity).digest('hex')}.json`);
  return {
    async load() {
      try {
        if ((await stat(file)).size > maxBytes) return undefined;
        return cachedSchema.parse(JSON.parse(await readFile(file, 'utf8')));
      } catch {
        return undefined;
      }
    },
    async save(schema) {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await replaceFile(file, JSON.stringify(schema));
      } catch {
        // the next command reads the schema again
      }
    },
  };
}

/** A reader never sees half of a file, also when two commands write at once. */
async function replaceFile(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  try {
    await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}

function cacheFolder({ XDG_CACHE_HOME: xdg = '', HOME: home = '' }: Terminal['env']): string | undefined {
  if (isAbsolute(xdg)) return join(xdg, 'bearings-gql');
  return isAbsolute(home) ? join(home, '.cache', 'bearings-gql') : undefined;
}
