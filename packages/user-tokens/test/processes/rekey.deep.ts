import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteStore } from '@bearings/user-tokens/sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { createUsers } from '../create-users.ts';

const count = 30;
const [k1, k2] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];

function rekey(path: string, killAfter?: number) {
  const file = join(import.meta.dirname, 'rekey-process.ts');
  const values = killAfter === undefined ? [path] : [path, String(killAfter)];
  const { signal, stdout, stderr } = spawnSync('node', ['--no-warnings', file, ...values], { encoding: 'utf8' });
  return { signal, stderr, report: stdout === '' ? undefined : JSON.parse(stdout) };
}

test('a rekey that is killed twice is resumed, and the old key cannot be removed before it has ended', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bearings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'grants.db');
  const { users, connect, another } = await createUsers({ store: sqliteStore({ path }) });
  for (let index = 0; index < count; index += 1) await connect({ user: `user-${index}` });

  const killed = [rekey(path, 7), rekey(path, 11)];
  const early = another({ store: sqliteStore({ path }), keys: { current: 'k2', keys: { k2 } } });
  await expect(early).rejects.toThrow('k1');
  const last = rekey(path);

  expect(killed.map(({ signal, report }) => [signal, report])).toEqual([
    ['SIGKILL', undefined],
    ['SIGKILL', undefined],
  ]);
  expect(last).toEqual({
    signal: null,
    stderr: '',
    report: { resealed: count - 18, undecryptable: 0, rows: { k2: count } },
  });
  const later = await another({ store: sqliteStore({ path }), keys: { current: 'k2', keys: { k2, k1 } } });
  for (let index = 0; index < count; index += 1) {
    const token = await later.for({ user: `user-${index}`, connection: 'mail' }).get();
    expect(token.isOk()).toBe(true);
  }
  await Promise.all([users.close(), later.close()]);
});
