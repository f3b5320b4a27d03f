import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bearings, bearingsOnTerminal, hasScript, inShell } from './fixtures/command-line.ts';
import type { RunOptions } from './fixtures/command-line.ts';
import { openWorkplace } from './fixtures/workplace.ts';
import type { Workplace } from './fixtures/workplace.ts';

let place: Workplace;
let there: RunOptions;
beforeAll(async () => {
  place = await openWorkplace();
  there = { cwd: place.folder, env: place.env };
});
afterAll(() => place[Symbol.asyncDispose]());

test('stdin is sent, and what comes back is the same', async () => {
  const input = `[${'1,'.repeat(100_000)}1]`;

  const { code, out } = await bearings(['call', 'orders', 'v1/echo', '-d', '@-'], { ...there, input });

  expect({ code, isSame: out === input }).toEqual({ code: 0, isSame: true });
});

test.each([
  ['all went well', ['call', 'orders', 'v1/orders/42'], 0],
  ['help', ['--help'], 0],
  ['the version', ['--version'], 0],
  ['nothing said', [], 2],
  ['an unknown command', ['cal'], 2],
  ['an unknown flag', ['call', 'orders', 'x', '--secret', 'y'], 2],
  ['a path elsewhere', ['call', 'orders', '//evil.example'], 2],
  ['a 404', ['call', 'orders', 'v1/nothing'], 4],
  ['a 501', ['call', 'orders', 'v1/status/501'], 5],
])('exit codes mean something: %s', async (_, args, code) => {
  expect((await bearings(args, there)).code).toBe(code);
});

test('a wrong secret makes exit code 3, a missing one 2', async () => {
  const wrong = await bearings(['auth', 'token', 'orders'], { ...there, env: { ORDERS_SECRET: 'wrong-secret' } });
  const missing = await bearings(['auth', 'token', 'orders'], { ...there, env: {} });

  expect([wrong.code, missing.code]).toEqual([3, 2]);
  expect(missing.err).toContain('ORDERS_SECRET');
});

test('who reads only the beginning of a long body is not told of a failure', async () => {
  const { out, err, code } = await inShell(
    `set -o pipefail; $BEARINGS call orders v1/long/${32 * 1024 * 1024} | head -c 10`,
    there,
  );

  expect({ out, err, code }).toEqual({ out: 'xxxxxxxxxx', err: '', code: 0 });
});

test('an output that is full is a failure, and is told', async ({ skip }) => {
  skip(!existsSync('/dev/full'), 'this machine has no /dev/full');
  const { code, err } = await inShell('$BEARINGS call orders v1/orders/42 > /dev/full', there);

  expect({ code, err }).toEqual({ code: 1, err: 'bearings: the output cannot be written (ENOSPC)\n' });
});

test('a file that is full is a failure, and is told', async ({ skip }) => {
  skip(!existsSync('/dev/full'), 'this machine has no /dev/full');

  const { code, err } = await bearings(['call', 'orders', `v1/long/${1024 * 1024}`, '-o', '/dev/full'], there);

  expect(code).toBe(1);
  expect(err).toContain('ENOSPC');
  expect(err).not.toContain('    at ');
});

test('the second ctrl-C ends what waits for a pipe that nobody opens', async () => {
  const { code, err } = await inShell(
    'mkfifo never; $BEARINGS call orders v1/echo -d @never & pid=$!; for i in 1 2 3 4 5 6 7 8; do sleep 0.5; kill -INT $pid 2>/dev/null || break; done; wait $pid',
    there,
  );

  expect({ code, err }).toEqual({ code: 130, err: '' });
});

test('a token goes into a pipe', async () => {
  const { code, out, err } = await bearings(['auth', 'token', 'orders'], there);

  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/);
});

test('explain prints the picture', async () => {
  const { code, out } = await bearings(['explain', 'orders'], there);

  expect(code).toBe(0);
  expect(out).toMatch(/^▼ transport {2,}fetch$/m);
});

test('init in a pipe says that it needs a terminal', async () => {
  const { code, err } = await bearings(['init'], there);

  expect(code).toBe(2);
  expect(err).toContain('it needs a terminal');
});

/** `script` of util-linux gives a command a terminal; where it is missing, there is no way without native code. */
function onTerminal(name: string, body: () => Promise<void>): void {
  test(name, async ({ skip }) => {
    skip(!hasScript, 'this machine has no `script` of util-linux to make a terminal with');
    await body();
  });
}

onTerminal('on a terminal a call has colors, which NO_COLOR takes away', async () => {
  const colored = await bearingsOnTerminal(['call', 'orders', 'v1/nothing'], there);
  const plain = await bearingsOnTerminal(['call', 'orders', 'v1/nothing'], {
    ...there,
    env: { ...place.env, NO_COLOR: '1' },
  });

  expect(colored).toMatchObject({ code: 4, out: expect.stringContaining('\u001b[31mbearings:') });
  expect(plain.out).toContain('bearings: http');
  expect(plain.out).not.toContain('\u001b');
});

onTerminal('on a terminal -v shows the way, and the body', async () => {
  const { code, out } = await bearingsOnTerminal(['call', 'orders', 'v1/orders/42', '-v'], there);

  expect(code).toBe(0);
  expect(out).toContain('▼ auth');
  expect(out).toContain('{"id":"42","total":99.5}\r\n');
});

onTerminal('on a terminal a token is printed when it is asked for twice only', async () => {
  const refused = await bearingsOnTerminal(['auth', 'token', 'orders'], there);
  const revealed = await bearingsOnTerminal(['auth', 'token', 'orders', '--reveal'], there);

  expect(refused).toMatchObject({ code: 2, out: expect.stringContaining('say --reveal') });
  expect(refused.out).not.toContain('eyJ');
  expect(revealed).toMatchObject({ code: 0, out: expect.stringMatching(/^eyJ/) });
});

onTerminal('on a terminal init asks, and writes what was answered', async () => {
  const answers = [
    ['called', 'stock\r'],
    ['Where is stock', `${place.api.url}\r`],
    ['who calls', '\u001b[A\r'], // up from the first is the last: none
    ['Another client', '\r'],
  ] as const;
  const { code, out } = await bearingsOnTerminal(['init', 'asked.yaml'], {
    ...there,
    whileItRuns(child) {
      let [seen, at] = ['', 0];
      child.stdout?.on('data', (piece: Buffer) => {
        seen += String(piece);
        const [question, answer] = answers[at] ?? [];
        if (question === undefined || !seen.includes(question)) return;
        at += 1;
        child.stdin?.write(answer ?? '');
      });
    },
  });
  const used = await bearings(['explain', 'stock', '--config', 'asked.yaml'], there);

  expect({ code, wrote: out.includes('Wrote asked.yaml') }).toEqual({ code: 0, wrote: true });
  expect(used.out).toContain('no credential');
});

onTerminal('on a terminal ctrl-C at a question writes nothing', async () => {
  const { code, out } = await bearingsOnTerminal(['init', 'never.yaml'], {
    ...there,
    whileItRuns(child) {
      child.stdout?.on('data', (piece: Buffer) => {
        if (String(piece).includes('called')) child.stdin?.write('\u0003');
      });
    },
  });

  expect({ code, wasWritten: out.includes('Wrote') }).toEqual({ code: 130, wasWritten: false });
});
