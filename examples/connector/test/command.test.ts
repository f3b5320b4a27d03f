import { existsSync } from 'node:fs';
import { link, readFile, symlink, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { runCommand } from '../src/run-command.ts';
import { apiEnv, createApi } from './api.ts';
import type { Api } from './api.ts';

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command for an API, in this process. */
async function command(api: Api, args: readonly string[] = [], signal = new AbortController().signal): Promise<Ran> {
  let [stdout, stderr] = ['', ''];
  const files = [api.path('api.json'), '--out', api.path('out.ndjson'), '--state', api.path('state.json')];
  const code = await runCommand([...files, ...args], {
    env: apiEnv,
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
    terminalSize: undefined,
    signal,
  });
  return { code, stdout, stderr: stderr.replaceAll(api.path(''), '/srv/app') };
}

const list = { resources: [{ name: 'all', path: 'all', paging: { type: 'page' } }] };
const pages: readonly (readonly unknown[])[] = [
  [
    { id: 1, tags: ['a'] },
    { id: 2, tags: [] },
  ],
  [{ id: 3, note: null }],
];

const createListApi = async (): Promise<Api> => {
  const api = await createApi(({ url }) => ({ body: pages[Number(url.searchParams.get('page')) - 1] ?? [] }));
  await api.read(list);
  return api;
};

test('--json prints each event on stdout, and the last one is the end', async () => {
  await using api = await createListApi();

  const { code, stdout, stderr } = await command(api, ['--json', '--quiet']);

  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect([code, stderr, events.map(({ type }) => type)]).toEqual([
    0,
    '',
    ['started', 'page', 'page', 'page', 'finished'],
  ]);
  expect(events[2]).toMatchObject({ connector: 'api', resource: 'all', page: 2, records: 1, isLast: false });
  expect(events.at(-1)).toMatchObject({ records: 3, pages: 3 });
});

test('--json ends with the failure, which is on stderr too', async () => {
  await using api = await createListApi();
  api.answer(() => ({ body: { no: 'list' } }));

  const { code, stdout, stderr } = await command(api, ['--json']);

  expect([code, JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')]).toEqual([
    1,
    expect.objectContaining({
      type: 'failed',
      code: 'EXTRACTION',
      details: ['answer: {"no":"list"}', 'kept: nothing yet'],
    }),
  ]);
  expect(stderr).toMatch(/^✗ api: all, page 1: no list of records/);
});

test('a run that is stopped says what was kept', async () => {
  await using api = await createListApi();
  const stop = new AbortController();
  api.answer(({ count }) => {
    if (count === 2) stop.abort();
    return { body: [count] };
  });

  const { code, stderr } = await command(api, [], stop.signal);

  expect([code, stderr]).toEqual([
    130,
    '✗ api: The run was stopped\n    kept: 1 records of 1 pages; run the same command to continue\n',
  ]);
});

test('a run that cannot continue names the files to delete, as the last way', async () => {
  await using api = await createListApi();
  api.answer(({ count }) => (count === 1 ? { body: [1] } : { status: 410 }));

  const { code, stderr } = await command(api);

  expect([code, stderr.trimEnd().split('\n').slice(1)]).toEqual([
    1,
    [
      '    The API no longer knows where this list was left. Set expiredCursor: restart at all, to pull the list again; what is in the output is not written twice',
      '    kept: 1 records of 1 pages',
      '    Or delete /srv/app/out.ndjson and /srv/app/state.json to pull everything again',
    ],
  ]);
});

test('--infer-schema writes the schema of all that was written, also by earlier runs', async () => {
  await using api = await createListApi();
  api.answer(({ count }) => (count === 2 ? { status: 500 } : { body: pages[0] }));
  await command(api);
  api.answer(({ url }) => ({ body: pages[Number(url.searchParams.get('page')) - 1] ?? [] }));

  const { code } = await command(api, ['--infer-schema', api.path('schema.json')]);

  expect([code, JSON.parse(await readFile(api.path('schema.json'), 'utf8'))]).toEqual([
    0,
    {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'api',
      $defs: {
        all: {
          type: 'object',
          properties: {
            id: { type: 'integer' },
            note: { type: 'null' },
            tags: { type: 'array', items: { type: 'string' } },
          },
          required: ['id'],
        },
      },
    },
  ]);
});

test('--check-schema names each place where new records deviate, without their values, and they are kept', async () => {
  await using api = await createListApi();
  await command(api, ['--infer-schema', api.path('schema.json')]);
  await writeFile(api.path('out.ndjson'), '');
  const text = await readFile(api.path('schema.json'), 'utf8');
  await writeFile(api.path('new.json'), text);
  await using changed = await createListApi();
  changed.answer(({ count }) => ({ body: count === 1 ? [{ id: 'x-1' }, { id: 4, tags: [1, 2] }, { id: 5 }, {}] : [] }));

  const { code, stderr } = await command(changed, ['--check-schema', api.path('new.json')]);

  expect([code, stderr.replace(api.path('new.json'), 'new.json')]).toEqual([
    1,
    `✗ api: 3 of 4 new records do not match new.json
    all/id: must be integer (first in new line 1)
    all/tags/*: must be string (first in new line 2)
    all: must have required property 'id' (first in new line 4)
    They were written all the same
`,
  ]);
  expect(await changed.records()).toHaveLength(4);
});

test('records that match a schema are no news', async () => {
  await using api = await createListApi();
  await command(api, ['--infer-schema', api.path('schema.json')]);
  await using again = await createListApi();

  const { code, stderr } = await command(again, ['--check-schema', api.path('schema.json')]);

  expect([code, stderr]).toEqual([0, '✓ api: 3 records in 3 pages → /srv/app/out.ndjson\n']);
});

test.each([
  ['a file that is not there', undefined, /^✗ --check-schema: ENOENT/],
  ['no JSON', '}{', /^✗ \S+ is not a schema of an output: it has no \$defs/],
  ['another schema', '{"type":"object"}', /^✗ \S+ is not a schema of an output: it has no \$defs/],
  ['a schema with a mistake', '{"$defs":{"all":{"type":"objekt"}}}', /^✗ \S+: the schema of all is not valid: /],
])('--check-schema with %s exits with 2, and nothing is sent', async (_what, text, expected) => {
  await using api = await createListApi();
  if (text !== undefined) await writeFile(api.path('schema.json'), text);

  const { code, stderr } = await command(api, ['--check-schema', api.path('schema.json')]);

  expect([code, api.requests.length, existsSync(api.path('out.ndjson'))]).toEqual([2, 0, false]);
  expect(stderr).toMatch(expected);
});

test('--help prints the options and the exit codes', async () => {
  await using api = await createListApi();

  const { code, stdout } = await command(api, ['--help']);

  expect([code, stdout]).toEqual([0, expect.stringMatching(/--infer-schema[^]*Exit codes/)]);
});

test.each<[string, readonly string[], (api: Api) => Promise<void>]>([
  ['--out and --state', ['--out', 'one', '--state', './one'], async () => {}],
  ['--out and --infer-schema', ['--infer-schema', 'out.ndjson'], async () => {}],
  ['the connector file and --out', ['--out', 'api.json'], async () => {}],
  ['--out and --state', ['--state', 'link'], async (api) => symlink(api.path('out.ndjson'), api.path('link'))],
  [
    '--out and --state',
    ['--state', 'hard'],
    async (api) => {
      await writeFile(api.path('out.ndjson'), '');
      await link(api.path('out.ndjson'), api.path('hard'));
    },
  ],
])('%s with the same file (%j) are refused, and nothing is sent or changed', async (names, flags, prepare) => {
  await using api = await createListApi();
  await prepare(api);
  const before = await readFile(api.path('api.json'), 'utf8');

  const args = flags.map((flag) => (flag.startsWith('--') ? flag : api.path(flag)));
  const { code, stderr } = await command(api, args);

  expect([code, stderr]).toEqual([2, expect.stringContaining(`${names} are the same file`)]);
  expect([api.requests.length, await readFile(api.path('api.json'), 'utf8')]).toEqual([0, before]);
});
