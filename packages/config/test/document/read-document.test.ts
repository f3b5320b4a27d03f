import { expect, test } from 'vitest';
import { z } from 'zod';
import { readDocument } from '../../src/document/read-document.ts';
import { secretReference } from '../../src/secrets/secret-schema.ts';
import { relativeMessage, temporaryFolder } from '../folder.ts';

const schema = z.strictObject({
  kind: z.literal('Connector'),
  sources: z
    .array(
      z.union([
        z.strictObject({
          mode: z.literal('pull'),
          tokenRef: secretReference.describe('The token.'),
          pages: z.int().min(1),
        }),
        z.strictObject({ mode: z.literal('push'), path: z.string() }),
      ]),
    )
    .max(2),
  note: z.string().optional(),
});

async function problemsIn(name: string, text: string): Promise<string> {
  using folder = temporaryFolder();
  const read = await readDocument(folder.write(name, text), schema, { env: { T: 'a-token' } });
  return relativeMessage(read.unwrapErr(), folder);
}

test('readDocument reads a document by a custom schema, from a file or an object', async () => {
  using folder = temporaryFolder();
  folder.write('token', 'a-token\n');
  const object = { kind: 'Connector', sources: [{ mode: 'pull', tokenRef: 'env:T', pages: 2 }] };
  const yaml = 'kind: Connector\nsources:\n  - { mode: pull, tokenRef: file:token, pages: 2 }\n';

  const fromObject = await readDocument(object, schema, { env: { T: 'a-token' } });
  const fromYaml = await readDocument(folder.write('c.yaml', yaml), schema);
  const fromJson = await readDocument(folder.write('c.json', JSON.stringify(object, null, '\t')), schema, {
    env: { T: 'x' },
  });

  expect(fromObject.unwrap()).toEqual(object);
  expect(fromJson.unwrap()).toEqual(object);
  expect(fromYaml.unwrap().sources).toEqual([{ mode: 'pull', tokenRef: `file:${folder.path}/token`, pages: 2 }]);
});

test('the error lists all problems in the order of the file, with line and column', async () => {
  const text = 'kind: Conector\nsources:\n  - mode: pull\n    tokenRef: env:NONE\n    pages: 0\nnotes: x\n';

  const message = await problemsIn('connector.yaml', text);

  expect(message).toBe(
    [
      'connector.yaml has 4 problems',
      '  connector.yaml:1:1  kind is text: must be Connector. Did you mean Connector?',
      '  connector.yaml:4:5  sources[0].tokenRef names the environment variable NONE, which is not set: set it, or correct the name',
      '  connector.yaml:5:5  sources[0].pages is 0: must be at least 1',
      '  connector.yaml:6:1  notes is not a field here. Did you mean note?',
    ].join('\n'),
  );
});

test('a reference in a branch of the schema that does not apply is ignored', async () => {
  const text = 'kind: Connector\nsources:\n  - { mode: push, path: x, tokenRef: env:NONE }\n';

  expect(await problemsIn('c.yaml', text)).not.toContain('NONE');
});

test.each([
  [
    'a duplicate name',
    'kind: Connector\nkind: Connector\nsources: []\n',
    '2:1  kind is a duplicate: remove one of the two',
  ],
  ['a tag', 'kind: !connector Connector\nsources: []\n', '1:18  kind has a tag (a word that begins with !): remove it'],
  ['a standard YAML tag', 'kind: !!binary Q29ubmVjdG9y\nsources: []\n', 'kind has a tag'],
  ['two documents', 'kind: Connector\nsources: []\n---\nx: 1\n', '3:1  It has a second document: remove the line ---'],
  [
    'an alias without an anchor',
    'kind: *there\nsources: []\n',
    '1:7  kind is an alias of an anchor that is not above it',
  ],
  [
    'a prototype',
    'kind: Connector\nsources: []\n__proto__: { note: x }\n',
    '3:1  __proto__ is a reserved name in JavaScript',
  ],
  ['tabs', 'kind: Connector\nsources:\n\t- x\n', '3:1  It has a tab for indentation here: use spaces'],
  ['an unclosed quote', 'kind: "Connector\nsources: []\n', 'It has an unclosed quote or bracket here'],
  ['two colons', 'kind: Connector: x\n', '1:7  It has two colons on a line here'],
  ['no content', '', '1:1  It is empty: must be a group of fields'],
  ['a name that is a list', '? [a, b]\n: c\n', 'It has a field name here that is not text: use text'],
])('%s in a YAML file is reported with its position', async (_, text, expected) => {
  expect(await problemsIn('c.yaml', text)).toContain(expected);
});

test.each([
  ['a trailing comma', '{"kind": "Connector",\n "sources": [],\n}', '3:1'],
  ['a word without quotes', '{"kind": Connector}', '1:10'],
  ['single quotes', "{'kind': 'Connector'}", '1:2'],
  ['a comment', '{\n  // no\n  "kind": "Connector"}', '2:3'],
  ['a missing bracket', '{"kind": "Connector"', '1:21'],
  ['no content', '', '1:1'],
])('%s in a JSON file is reported with its position', async (_, text, place) => {
  expect(await problemsIn('c.json', text)).toBe(
    `c.json has a problem\n  c.json:${place}  It has invalid JSON at this position: look for a comma, a quote or a bracket`,
  );
});

test('a duplicate name in a JSON file is a problem too', async () => {
  const text = '{"kind": "Connector",\n "kind": "Connector", "sources": []}';

  expect(await problemsIn('c.json', text)).toContain('c.json:2:2  kind is a duplicate');
});

/** A parser without limits takes minutes for each of these, or crashes. */
test.each([
  ['10 MB', 'a'.repeat(10_000_000), 'It is larger than 1024 KiB: name a smaller file'],
  ['only opening brackets', '['.repeat(100_000), 'It is nested deeper than 64 levels'],
  ['opening and closing brackets', '['.repeat(50_000) + ']'.repeat(50_000), 'It is nested deeper than 64 levels'],
  ['nested lists', '- '.repeat(50_000), 'It is nested deeper than 64 levels'],
  ['40 000 names', Array.from({ length: 40_000 }, (_, n) => `k${n}: 1`).join('\n'), 'has 40002 problems'],
  ['a billion laughs', laughs(10), 'It has aliases that expand too far: write the values out'],
  ['an anchor that contains itself', 'kind: &a [*a, *a]\n', 'It has aliases that expand too far'],
])('%s is rejected quickly', async (_, text, expected) => {
  expect(await problemsIn('c.yaml', text)).toContain(expected);
});

function laughs(levels: number): string {
  const level = (n: number): string => `l${n}: &l${n} [${Array.from({ length: 9 }, () => `*l${n - 1}`).join(', ')}]`;
  return ['l0: &l0 ha', ...Array.from({ length: levels }, (_, n) => level(n + 1))].join('\n');
}

test('a few aliases are allowed', async () => {
  using folder = temporaryFolder();
  const text = 'kind: Connector\nsources:\n  - &one { mode: push, path: /x }\n  - *one\n';

  const read = await readDocument(folder.write('c.yaml', text), schema);

  expect(read.unwrap().sources).toEqual([
    { mode: 'push', path: '/x' },
    { mode: 'push', path: '/x' },
  ]);
});

test.each([
  ['missing', 'none.yaml', 'none.yaml has a problem\n  It does not exist: create it, or correct the name'],
  ['a directory', '.', '. has a problem\n  It is a directory: name a file in it'],
])('a document that is %s is reported', async (_, name, expected) => {
  const error = (await readDocument(name, schema)).unwrapErr();

  expect(error.message).toBe(expected);
  expect(error.problems).toMatchObject([{ path: '', file: name }]);
});

test('a relative file reference in an object is rejected', async () => {
  const object = { kind: 'Connector', sources: [{ mode: 'pull', tokenRef: 'file:token', pages: 2 }] };

  const error = (await readDocument(object, schema)).unwrapErr();

  expect(error.problems).toEqual([
    {
      path: 'sources[0].tokenRef',
      found: 'names a file by a relative path, which works only in a config file',
      expected: 'must be an absolute path here',
    },
  ]);
});

test('control characters of a document do not reach the terminal', async () => {
  const message = await problemsIn('c.yaml', `kind: Connector\nsources: []\n"\\e[31m${'x'.repeat(1_000)}": 1\n`);

  expect(message).not.toContain('\u{1b}');
  expect(message.length).toBeLessThan(300);
});

test('the message lists at most 25 problems', async () => {
  const message = await problemsIn('c.yaml', Array.from({ length: 100 }, (_, n) => `x${n}: 1`).join('\n'));

  expect(message.split('\n')).toHaveLength(27);
  expect(message).toMatch(/\n {2}and 77 more$/);
});
