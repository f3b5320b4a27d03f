import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig } from '@bearings/config';
import { expect, test } from 'vitest';
import type { Asker } from '../src/commands/init/asker.ts';
import { init } from '../src/commands/init/init.ts';
import { run } from '../src/program.ts';
import { plantedSecret } from './fixtures/identity-provider.ts';
import { fakeTerminal } from './fixtures/fake-terminal.ts';
import { openWorkplace } from './fixtures/workplace.ts';
import type { Workplace } from './fixtures/workplace.ts';

/** Answers from a list, in turn, and notes what was asked, refused and told. */
function scripted(answers: readonly (string | boolean)[]): { asker: Asker; log: string[] } {
  const left = [...answers];
  const log: string[] = [];
  const next = (message: string): string | boolean => {
    const answer = left.shift();
    if (answer === undefined) throw new Error(`Nobody answers: ${message}`);
    log.push(`? ${message}`);
    return answer;
  };
  const asker: Asker = {
    async text({ message, initial = '', check }) {
      for (;;) {
        const given = String(next(message));
        const answer = given === '' ? initial : given;
        const flaw = check?.(answer);
        if (flaw === undefined) return answer;
        log.push(`refused ${answer}: ${flaw}`);
      }
    },
    async choice<T extends string>({ message, choices }: { message: string; choices: readonly { value: T }[] }) {
      const answer = next(message);
      const [chosen] = choices.filter(({ value }) => value === answer);
      if (chosen === undefined) throw new Error(`${message} does not offer ${answer}`);
      return chosen.value;
    },
    confirm: async (message) => next(message) === true,
    tell: async (line) => void log.push(line),
  };
  return { asker, log };
}

const atScreen = (place: Workplace, env: Readonly<Record<string, string>> = place.env) =>
  fakeTerminal({ cwd: place.folder, env, tty: ['stdin', 'stdout', 'stderr'] });

const oauth2 = (place: Workplace): readonly (string | boolean)[] => [
  'orders',
  place.api.url,
  'oauth2_client_credentials',
  'issuerUrl',
  place.provider.issuerUrl,
  'billing',
  'client_secret_basic',
  'env',
  'ORDERS_SECRET',
  'orders.read orders.write',
];

test('what is answered becomes a config that works, with comments and no secret', async () => {
  await using place = await openWorkplace();
  const { asker, log } = scripted([...oauth2(place), false]);

  const code = await init(atScreen(place), { file: 'new.yaml', asker });

  const text = await readFile(join(place.folder, 'new.yaml'), 'utf8');
  const loaded = await loadConfig(join(place.folder, 'new.yaml'), { env: place.env });
  expect(code).toBe(0);
  expect(loaded.isOk()).toBe(true);
  expect(text).not.toContain(plantedSecret);
  expect(log).toContain(`  ✓ its token endpoint is ${place.provider.issuerUrl}/token`);
  expect(log).toContain('  ✓ it is there');
  await expect(place.steady(text)).toMatchFileSnapshot('golden/init.yaml');
  const used = fakeTerminal({ cwd: place.folder, env: place.env });
  expect(await run(['call', 'orders', 'v1/orders/1', '--config', 'new.yaml'], used)).toBe(0);
});

test('an answer that is wrong is asked for again, with what is wrong with it', async () => {
  await using place = await openWorkplace();
  const [, , ...rest] = oauth2(place);
  const { asker, log } = scripted([
    'my orders',
    'close',
    'orders',
    'orders.internal',
    'http://orders.internal',
    place.api.url,
    ...rest,
    false,
  ]);

  expect(await init(atScreen(place), { file: 'new.yaml', asker })).toBe(0);

  expect(log.filter((line) => line.startsWith('refused'))).toEqual([
    'refused my orders: must be letters, digits and single dashes, with a letter first',
    'refused close: choose another name: clients.close and clients.then have another meaning',
    'refused orders.internal: must be one, such as https://orders.internal',
    'refused http://orders.internal: must be https; insecureHttp: true allows http',
  ]);
});

test('an issuer that does not answer can be mended, or kept', async () => {
  await using place = await openWorkplace();
  const [name = '', url = '', type = '', kind = '', issuer = '', ...rest] = oauth2(place);
  const wrong = `${place.provider.issuerUrl}/realms/nowhere`;
  const { asker, log } = scripted([name, url, type, kind, wrong, false, issuer, ...rest, false]);

  expect(await init(atScreen(place), { file: 'new.yaml', asker })).toBe(0);

  expect(log.some((line) => line.startsWith('  ✗ ') && line.includes('404'))).toBe(true);
  expect(await readFile(join(place.folder, 'new.yaml'), 'utf8')).not.toContain('nowhere');
});

test('a secret that is not there yet is named, and the config is written all the same', async () => {
  await using place = await openWorkplace();
  const { asker, log } = scripted([...oauth2(place), false]);

  expect(await init(atScreen(place, {}), { file: 'new.yaml', asker })).toBe(0);

  expect(log.find((line) => line.startsWith('  ! '))).toMatch(
    /names the environment variable ORDERS_SECRET, which is not set/,
  );
});

test('several clients, with static credentials, go into one config', async () => {
  await using place = await openWorkplace();
  const stock = ['stock', place.api.url, 'api_key', '', 'file', 'key.txt', true];
  const person = ['person', place.api.url, 'basic', 'me', 'env', 'PASSWORD', true];
  const open = ['stock', 'open', place.api.url, 'none', false];
  const { asker, log } = scripted([...stock, ...person, ...open]);
  await place.write('key.txt', 'a-static-key\n');

  expect(await init(atScreen(place, { PASSWORD: 'x-x-x-x' }), { file: 'new.yaml', asker })).toBe(0);

  expect(log).toContain('refused stock: there is one of this name');
  const loaded = await loadConfig(join(place.folder, 'new.yaml'), { env: { PASSWORD: 'x-x-x-x' } });
  expect(Object.keys(loaded.unwrap().clients)).toEqual(['stock', 'person', 'open']);
});

test('a file that is there is kept unless the person says otherwise', async () => {
  await using place = await openWorkplace();
  const before = await readFile(join(place.folder, 'bearings.yaml'), 'utf8');
  const kept = scripted([false]);
  const replaced = scripted([true, ...oauth2(place), false]);

  expect(await init(atScreen(place), { file: 'bearings.yaml', asker: kept.asker })).toBe(0);
  expect(await readFile(join(place.folder, 'bearings.yaml'), 'utf8')).toBe(before);
  expect(kept.log).toContain('Nothing was written.');

  expect(await init(atScreen(place), { file: 'bearings.yaml', asker: replaced.asker })).toBe(0);
  expect(await readFile(join(place.folder, 'bearings.yaml'), 'utf8')).not.toBe(before);
});

test('without a terminal nothing is asked or written: it shows what to write', async () => {
  const terminal = fakeTerminal({ cwd: '/dev' });

  expect(await run(['init'], terminal)).toBe(2);
  expect(terminal.err()).toContain('clientSecretRef: env:ORDERS_SECRET');
});
