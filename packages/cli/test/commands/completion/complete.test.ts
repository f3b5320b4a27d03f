import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../../../src/program.ts';
import { configFolder } from '../../fixtures/config-folder.ts';
import type { ConfigFolder } from '../../fixtures/config-folder.ts';
import { fakeTerminal } from '../../fixtures/fake-terminal.ts';

const none = { type: 'none' };
const clients = {
  orders: { baseUrl: 'https://orders.internal', auth: none },
  stock: { baseUrl: 'https://stock.internal', auth: none },
};

let folder: ConfigFolder;
beforeAll(() => {
  folder = configFolder(
    { clients },
    {
      'contexts.yaml': {
        text: 'clients:\n  orders: {}\ncontexts:\n  dev: {}\n  prod: { clients: { orders: {}, extra: {} } }\n',
      },
      'order.json': { text: '{}' },
      'other.yaml': { text: 'clients:\n  admin: { baseUrl: 7 }\n' },
    },
  );
});
afterAll(() => folder[Symbol.dispose]());

/** The words that are offered for a command line, whose last word is being typed. */
async function complete(line: string, env: Record<string, string> = {}): Promise<readonly string[]> {
  const terminal = fakeTerminal({ cwd: folder.path, env });
  await run(['__complete', ...line.split(' ')], terminal);
  return terminal
    .out()
    .split('\n')
    .filter((each) => each !== '')
    .map((each) => each.split('\t')[0] ?? '');
}

test.each([
  ['the commands', 'ca', ['call']],
  ['the commands of a group', 'auth ', ['status', 'token', 'clear']],
  ['commands for help', 'help auth st', ['status']],
  ['the clients of the config', 'call ', ['orders', 'stock']],
  ['the clients that begin so', 'explain o', ['orders']],
  ['the clients of the file that --config names', '--config other.yaml call ', ['admin']],
  ['the clients of the file that --config= names', 'doctor --config=other.yaml ', ['admin']],
  ['the clients that are not named yet', 'auth status orders ', ['stock']],
  ['no third argument of call', 'call orders v1 ', []],
  ['the flags of a command and of every command', 'auth token orders --re', ['--reveal']],
  ['the flags of every command', 'call orders --deb', ['--debug']],
  ['the values of a flag', '--color al', ['always']],
  ['the values of a flag behind =', '--color=', ['--color=auto', '--color=always', '--color=never']],
  ['contexts', '--config contexts.yaml --context p', ['prod']],
  ['clients of contexts', '--config contexts.yaml call ', ['orders', 'extra']],
  ['methods for -X', 'call orders v1 -X P', ['POST', 'PUT', 'PATCH']],
  ['file names', 'call orders v1 -o ', [':files']],
  ['files of the folder behind @', 'call orders v1 -d @or', ['@order.json']],
  ['nothing for free text', 'call orders v1 -H ', []],
  ['nothing for an unknown command', 'cal ', []],
  ['arguments after --', 'call -- o', ['orders']],
])('completion offers %s', async (_, line, words) => {
  expect(await complete(line)).toEqual(words);
});

test('completion offers the clients of BEARINGS_CONFIG', async () => {
  expect(await complete('call ', { BEARINGS_CONFIG: 'other.yaml' })).toEqual(['admin']);
});

test.each([
  ['no config', { BEARINGS_CONFIG: 'missing.yaml' }],
  ['a folder', { BEARINGS_CONFIG: '.' }],
])('without a config (%s) completion offers no client and prints nothing', async (_, env) => {
  const terminal = fakeTerminal({ cwd: folder.path, env });

  const code = await run(['__complete', 'call', ''], terminal);

  expect([code, terminal.out(), terminal.err()]).toEqual([0, '', '']);
});

test('an unknown shell gets the closest name', async () => {
  const terminal = fakeTerminal();

  const code = await run(['completion', 'bsh'], terminal);

  expect([code, terminal.err()]).toEqual([2, 'bearings: there is no completion for "bsh": did you mean bash?\n']);
});
