import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bearings } from './fixtures/command-line.ts';
import type { RunOptions } from './fixtures/command-line.ts';
import { openWorkplace } from './fixtures/workplace.ts';
import type { Workplace } from './fixtures/workplace.ts';

// One process for each kind of exit. The deep suite starts many more: command-line.deep.ts, doctor-and-status.process.deep.ts.
let place: Workplace;
let there: RunOptions;
beforeAll(async () => {
  place = await openWorkplace();
  there = { cwd: place.folder, env: place.env };
});
afterAll(() => place[Symbol.asyncDispose]());

test('a call in a pipe prints the body and nothing else', async () => {
  const outcome = await bearings(['call', 'orders', 'v1/orders/42'], there);

  expect(outcome).toEqual({ code: 0, out: '{"id":"42","total":99.5}', err: '' });
});

test.each([
  ['a 404', ['call', 'orders', 'v1/nothing'], 4],
  ['an unknown command', ['cal'], 2],
])('the exit code says what failed: %s', async (_, args, code) => {
  expect((await bearings(args, there)).code).toBe(code);
});

test('a call that has failed does not wait for the end of stdin', async () => {
  const { code } = await bearings(['call', 'orders', 'v1/echo', '-d', '@-'], {
    ...there,
    env: { ORDERS_SECRET: 'wrong-secret' },
    whileItRuns: (child) => void child.stdin?.write('a beginning without end'),
  });

  expect(code).toBe(3);
});

test('ctrl-C ends a call with 130', async () => {
  const { code, out } = await bearings(['call', 'orders', 'v1/echo', '-d', '@-'], {
    ...there,
    whileItRuns(child) {
      child.stdin?.write('a beginning without end');
      const before = place.provider.tokenRequests;
      const kill = (): void => {
        if (place.provider.tokenRequests > before) child.kill('SIGINT');
        else setImmediate(kill);
      };
      kill();
    },
  });

  expect({ code, out }).toEqual({ code: 130, out: '' });
});

test('doctor in a pipe says that all is well, and ends with 0', async () => {
  const { code, out, err } = await bearings(['doctor'], there);

  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('✓ token        acquired, and good for 5 min\n');
  expect(out).toContain('✓ API          HEAD / answered 404');
  expect(out).toBe(stripVTControlCharacters(out));
  expect(out).not.toContain('✗');
});
