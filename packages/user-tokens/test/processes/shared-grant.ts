import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { postgresStore } from '@bearings/user-tokens';
import type { GrantRecord, GrantStore } from '@bearings/user-tokens';
import { sqliteStore } from '@bearings/user-tokens/sqlite';
import { createUsers } from '../create-users.ts';
import { FakeProvider } from '../fake-provider.ts';
import { createSchema } from '../store/create-schema.ts';
import type { CallerConfig } from './caller.ts';

/** A store that processes can share, with one expired grant of alice, and the provider on a port. */
export interface SharedGrant extends AsyncDisposable {
  readonly provider: FakeProvider;
  readonly config: Pick<CallerConfig, 'issuer' | 'store'>;
  readonly read: () => Promise<GrantRecord | undefined>;
}

export async function shareGrant(kind: 'SQLite' | 'PostgreSQL', provider: FakeProvider): Promise<SharedGrant> {
  const server = createServer((request, response) => void answer(request, response, provider));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  provider.issuer = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const { store, place, end } = kind === 'SQLite' ? await createSqlite() : await createPostgres();
  const { users, connect } = await createUsers({ store, provider });
  const { id } = await connect({ lifetimeMs: -1 });
  const dispose = async (): Promise<void> => {
    await users.close();
    await end();
    server.close();
    server.closeAllConnections();
  };
  return {
    provider,
    config: { issuer: provider.issuer, store: place },
    read: () => store.get(id),
    [Symbol.asyncDispose]: dispose,
  };
}

/** Answers a request of a process by the provider in this one. */
async function answer(request: IncomingMessage, response: ServerResponse, provider: FakeProvider): Promise<void> {
  const { method = 'GET', url = '', headers } = request;
  const init = { method, headers: { 'content-type': headers['content-type'] ?? '' } };
  const body = method === 'POST' ? { body: await readText(request) } : {};
  const answered = await provider.fetch(new Request(new URL(url, provider.issuer), { ...init, ...body }));
  response.writeHead(answered.status, Object.fromEntries(answered.headers));
  response.end(Buffer.from(await answered.arrayBuffer()));
}

interface Place {
  readonly store: GrantStore;
  readonly place: CallerConfig['store'];
  readonly end: () => Promise<void>;
}

async function createSqlite(): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'bearings-'));
  const path = join(folder, 'grants.db');
  return { store: sqliteStore({ path }), place: { path }, end: async () => rmSync(folder, { recursive: true }) };
}

async function createPostgres(): Promise<Place> {
  const { pool, url, schema, drop } = await createSchema();
  const store = postgresStore({ query: (text, values) => pool.query(text, values) });
  return { store, place: { url, schema }, end: drop };
}
