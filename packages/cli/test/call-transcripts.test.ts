import { expect, test } from 'vitest';
import { run } from '../src/program.ts';
import { fakeTerminal } from './fixtures/fake-terminal.ts';
import type { FakeTerminalOptions } from './fixtures/fake-terminal.ts';
import { steadyTime } from './fixtures/steady-time.ts';
import { openWorkplace } from './fixtures/workplace.ts';
import type { Workplace } from './fixtures/workplace.ts';

/** What a person sees: the command, then what it prints to stderr and stdout. */
async function transcript(
  place: Workplace,
  args: readonly string[],
  options: FakeTerminalOptions = {},
): Promise<string> {
  const { folder: cwd, env } = place;
  const terminal = fakeTerminal({ cwd, env, tty: ['stdout'], ...steadyTime(), ...options });
  const code = await run(args, terminal);
  const typed = `$ bearings ${args.join(' ')}`.replace(/(?: --config \S+)/, '');
  return place.steady(`${typed}\n${terminal.err()}${terminal.out()}(exit code ${code})\n`);
}

test('-v shows each stage that a request comes to, the token, and both heads, without secrets', async () => {
  await using place = await openWorkplace();

  const shown = await transcript(place, ['call', 'orders', 'v1/orders/42?page=7', '-v']);

  await expect(shown).toMatchFileSnapshot('golden/call-v.txt');
});

test('-v shows each attempt, pause, rotation and replay', async () => {
  await using place = await openWorkplace();
  place.api.answerNext(503, 401);

  const shown = await transcript(place, ['call', 'orders', 'v1/orders/42', '-v']);

  await expect(shown).toMatchFileSnapshot('golden/call-v-troubled.txt');
});

test('--debug shows what is said to the authorization server, and what it answers', async () => {
  await using place = await openWorkplace();

  const shown = await transcript(place, ['call', 'orders', 'v1/orders/42', '--debug']);

  await expect(shown).toMatchFileSnapshot('golden/call-debug.txt');
});

test('--debug shows the refusal of a wrong secret', async () => {
  await using place = await openWorkplace();

  const shown = await transcript(place, ['auth', 'token', 'orders', '--debug'], {
    env: { ORDERS_SECRET: 'wrong-secret' },
    tty: [],
  });

  await expect(shown).toMatchFileSnapshot('golden/token-debug-refused.txt');
});

test('-v shows why there is no answer', async () => {
  await using place = await openWorkplace();
  await place.api.close();

  const shown = await transcript(place, ['call', 'orders', 'v1/orders/42', '-v']);

  await expect(shown).toMatchFileSnapshot('golden/call-v-unreachable.txt');
});

test('errors are told in a line or two, with what helps', async () => {
  await using place = await openWorkplace();
  await place.write(
    'wrong.yaml',
    'clients:\n  orders:\n    baseURL: https://orders.internal\n    auth: { type: beerer }\n',
  );
  const each = [
    ['call', 'ordrs', 'v1/orders/42'],
    ['call', 'orders', 'https://elsewhere.example/v1/orders'],
    ['call', 'orders', 'v1/orders', '-H', 'authorization: mine'],
    ['call', 'orders', 'v1/nothing'],
    ['cal', 'orders', 'v1/orders'],
    ['call', 'orders', 'v1/orders', '--verbos'],
    ['explain', 'orders', '--config', 'wrong.yaml'],
    ['auth', 'token', 'orders'],
    ['init'],
  ];
  const shown: string[] = [];
  for (const args of each) shown.push(await transcript(place, args));

  await expect(shown.join('\n')).toMatchFileSnapshot('golden/errors.txt');
});

test('explain shows where a credential comes from, and the stack below it', async () => {
  await using place = await openWorkplace();

  await expect(await transcript(place, ['explain', 'orders'])).toMatchFileSnapshot('golden/explain.txt');
});

test('help names every command, flag and exit code', async () => {
  await using place = await openWorkplace();
  const shown: string[] = [];
  for (const args of [['--help'], ['call', '--help'], ['auth', 'token', '--help']])
    shown.push(await transcript(place, args));

  await expect(shown.join('\n')).toMatchFileSnapshot('golden/help.txt');
});
