import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '@bearings/config';
import { expect, test } from 'vitest';
import { saveFile } from '../../src/documents/save-file.ts';
import { readVersion } from '../../src/documents/file-version.ts';
import { exampleConfig, exampleEnv } from '../example-config.ts';
import { createFolder } from '../folder.ts';
import { openExample } from '../studio.ts';

const id = 'bearings.yaml';
const parse = (text: string) => JSON.parse(text);

test('the state has the file, its value, and whether it has problems; and no secret', async () => {
  const { get } = await openExample();

  const { text } = await get('/api/state');
  const { documents, kinds } = parse(text);

  expect(documents[0]).toMatchObject({ id, kind: 'clients', text: exampleConfig, isReadable: true, problems: [] });
  expect(documents[0].value.clients.orders).toMatchObject({ timeout: 3000 });
  expect(kinds[0].schema.properties.clients).toBeDefined();
  expect(text).not.toContain('canary');
});

test('a value that is sent back unchanged makes the same text, byte for byte, and saving it writes the same bytes', async () => {
  const { post, folder } = await openExample();
  const { value, version } = parse((await post('/api/read', { id })).text);

  const checked = parse((await post('/api/check', { id, base: exampleConfig, value })).text);
  const saved = await post('/api/save', { id, base: exampleConfig, value, version });

  expect(checked).toMatchObject({ text: exampleConfig, problems: [] });
  expect(saved.status).toBe(200);
  expect(folder.read(id)).toBe(exampleConfig);
});

test('problems are those that loadConfig reports, with path, line and column', async () => {
  const text = exampleConfig
    .replace('3000', 'soon')
    .replace('env:STOCK_TOKEN', 'env:MISSING')
    .replace('keyRef', 'keyReff')
    .replace('auth: { type: none }', 'auth: { type: nonee }');
  const { post, file } = await openExample({ text });

  const { problems } = parse((await post('/api/read', { id })).text);

  const loaded = await loadConfig(file, { env: exampleEnv });
  const expected = loaded.isErr() ? loaded.error.problems : [];
  expect(expected.length).toBeGreaterThan(3);
  expect(problems).toEqual(expected.map((problem) => ({ ...problem, file: id })));
});

test('a draft is checked as if it were in the file, and nothing is written', async () => {
  const { post, folder } = await openExample();
  const { value } = parse((await post('/api/read', { id })).text);
  value.clients.orders.timeout = -1;
  value.clients.orders.auth.clientSecretRef = 'env:NOT_THERE';

  const { problems } = parse((await post('/api/check', { id, base: exampleConfig, value })).text);

  expect(problems.map(({ path, line }: { path: string; line: number }) => [path, line])).toEqual([
    ['clients.orders.timeout', 7],
    ['clients.orders.auth.clientSecretRef', 14],
  ]);
  expect(folder.read(id)).toBe(exampleConfig);
});

test('a file with a syntax error opens, shows its problem, and can be edited as text', async () => {
  const { post, folder } = await openExample({ text: 'clients: [1\n' });
  const state = parse((await post('/api/read', { id })).text);

  const checked = parse((await post('/api/check', { id, base: state.text, value: { clients: {} } })).text);
  const saved = await post('/api/save', { id, base: state.text, text: exampleConfig, version: state.version });

  expect(state).toMatchObject({ isReadable: false, text: 'clients: [1\n' });
  expect(state.problems).toHaveLength(1);
  expect(checked.text).toBe('clients: [1\n');
  expect(saved.status).toBe(200);
  expect(folder.read(id)).toBe(exampleConfig);
});

test('unknown fields stay when something else is edited', async () => {
  const text = exampleConfig.replace('    retry: { limit: 2 }', '    retry: { limit: 2 }\n    colour: blue # ours');
  const { post } = await openExample({ text });
  const { value, problems } = parse((await post('/api/read', { id })).text);
  value.clients.orders.timeout = 1;

  const checked = parse((await post('/api/check', { id, base: text, value })).text);

  expect(problems).toMatchObject([{ path: 'clients.orders.colour' }]);
  expect(checked.text).toBe(text.replace('3000', '1'));
});

test('a file that changed on disk is not overwritten: 409 with the other version', async () => {
  const { post, folder } = await openExample();
  const { value, version } = parse((await post('/api/read', { id })).text);
  const theirs = exampleConfig.replace('limit: 2', 'limit: 5');
  folder.write(id, theirs);
  value.clients.orders.timeout = 5000;

  const conflict = await post('/api/save', { id, base: exampleConfig, value, version });
  const { text, version: latest } = parse(conflict.text);
  const saved = await post('/api/save', { id, base: text, value: parse(conflict.text).value, version: latest });

  expect(conflict.status).toBe(409);
  expect(text).toBe(theirs);
  expect(folder.read(id)).toBe(theirs);
  expect(saved.status).toBe(200);
});

test('of two saves at once of the same version, one is written and the other is refused', async () => {
  const { post, folder } = await openExample();
  const { version } = parse((await post('/api/read', { id })).text);
  const edit = (timeout: string) => ({
    id,
    base: exampleConfig,
    text: exampleConfig.replace('3000', timeout),
    version,
  });

  const answers = await Promise.all([post('/api/save', edit('1')), post('/api/save', edit('2'))]);

  expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 409]);
  expect(folder.read(id)).toBe(exampleConfig.replace('3000', answers[0]?.status === 200 ? '1' : '2'));
});

test('saving keeps the mode and a symbolic link, and leaves no other file', async () => {
  const folder = createFolder();
  const file = folder.write('real.yaml', 'a: 1\n');
  chmodSync(file, 0o640);
  symlinkSync(file, join(folder.path, 'link.yaml'));
  const link = join(folder.path, 'link.yaml');

  const saved = await saveFile({ file: link, text: 'a: 2\n', version: (await readVersion(link)).version });

  expect(saved).toMatchObject({ saved: { text: 'a: 2\n' } });
  expect(folder.read('real.yaml')).toBe('a: 2\n');
  expect(statSync(file).mode & 0o777).toBe(0o640);
  expect(readdirSync(folder.path).toSorted()).toEqual(['link.yaml', 'real.yaml']);
});

test('a new file is created, and not when something else has created it meanwhile', async () => {
  const folder = createFolder();
  const file = join(folder.path, 'new.yaml');
  const options = { file, text: 'a: 1\n', version: (await readVersion(file)).version };

  expect(await saveFile(options)).toMatchObject({ saved: { text: 'a: 1\n' } });
  expect(await saveFile(options)).toMatchObject({ conflict: { text: 'a: 1\n' } });
});

test('a file that is no text, or a folder, is shown with the reason, and is not written', async () => {
  const { post, folder, file } = await openExample();
  writeFileSync(file, Buffer.from([0xff, 0xfe, 0x00]));
  const binary = parse((await post('/api/read', { id })).text);
  rmSync(file);
  mkdirSync(file);
  const directory = parse((await post('/api/read', { id })).text);
  const saved = await post('/api/save', { id, base: '', text: 'a: 1\n', version: directory.version });

  expect(binary).toMatchObject({ isReadable: false, problems: [{ found: expect.stringContaining('UTF-8') }] });
  expect(directory).toMatchObject({
    isReadable: false,
    problems: [{ found: expect.stringContaining('cannot be read') }],
  });
  expect(saved.status).toBe(500);
  expect(readdirSync(folder.path)).toEqual([id]);
});

test('a text that could not be read again is not written', async () => {
  const { post, folder } = await openExample();
  const { version } = parse((await post('/api/read', { id })).text);

  const { status, text } = await post('/api/save', {
    id,
    base: exampleConfig,
    text: `# ${'x'.repeat(1024 * 1024)}`,
    version,
  });

  expect([status, text]).toEqual([expect.any(Number), expect.stringContaining('larger than 1 MiB')]);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(folder.read(id)).toBe(exampleConfig);
});
