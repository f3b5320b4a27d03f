import { expect, test } from 'vitest';
import { collectGarbage } from '../../../../test/faults/collect-garbage.ts';
import { createUsers } from '../create-users.ts';

const count = 30_000;

test('thirty thousand grants in one process take at most 60 MB, and have no timer', async () => {
  const { users, connect, clock } = await createUsers();
  const names = Array.from({ length: count }, (_, index) => `user-${index}@example.test`);
  for (const user of names) await connect({ user });
  await collectGarbage();
  const before = process.memoryUsage().heapUsed;

  for (const user of names) (await users.for({ user, connection: 'mail' }).get()).unwrap();
  await collectGarbage();
  const usedMb = (process.memoryUsage().heapUsed - before) / 1_000_000;

  expect(usedMb).toBeLessThan(60);
  expect(clock.pending).toBe(0);
  expect(users.for({ user: names[0] ?? '', connection: 'mail' }).status().state).toBe('fresh');
});

test('finding a handle and reading its token takes at most 5 µs of the processor', async () => {
  const { users, connect } = await createUsers();
  await connect();
  const purpose = { user: 'alice', connection: 'mail' };
  await users.for(purpose).get();
  const read = (times: number): void => {
    for (let index = 0; index < times; index += 1) users.for(purpose).read();
  };
  read(100_000);

  const before = process.cpuUsage();
  read(500_000);
  const { user, system } = process.cpuUsage(before);

  expect((user + system) / 500_000).toBeLessThan(5);
});
