/**
 * A process whose files cannot grow from the moment at which the provider has rotated the tokens. It prints what callers
 * got meanwhile, and what is stored when there is space again.
 */
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '@bearings/client';
import { sqliteStore } from '@bearings/user-tokens/sqlite';
import { createUsers } from '../create-users.ts';
import { FakeProvider } from '../fake-provider.ts';

process.on('SIGXFSZ', () => {}); // then a write that exceeds the limit fails

/** The largest size of a file that this process may write. */
function limitFiles(bytes: string): void {
  spawnSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`]);
}

const store = sqliteStore({ path: process.argv[2] ?? '' });
const provider = new FakeProvider();
const { connect, another } = await createUsers({ store, provider });
const { id } = await connect({ lifetimeMs: -1 });
const users = await another({ clock: systemClock });
const events: string[] = [];
users.subscribe(({ type }) => events.push(type));
provider.afterIssue = () => limitFiles('0');
const token = users.for({ user: 'alice', connection: 'mail' });

const first = (await token.get()).unwrap().secret.expose();
await sleep(1_500);
const later = token.read().unwrap().secret.expose();
const whileFull = {
  refreshes: provider.refreshes.length,
  version: (await store.get(id))?.version,
  events: [...events],
};
limitFiles('unlimited');
while ((await store.get(id))?.version !== 2) await sleep(50);
await users.close();
process.stdout.write(JSON.stringify({ first, later, whileFull, refreshes: provider.refreshes.length, events }));
