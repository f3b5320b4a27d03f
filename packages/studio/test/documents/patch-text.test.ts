import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseText } from '../../src/documents/parse-text.ts';
import { patchText } from '../../src/documents/patch-text.ts';
import { applyChanges, findChanges } from '../../src/documents/value-changes.ts';
import { isFields } from '../../src/documents/value.ts';
import { exampleConfig } from '../example-config.ts';
import { anyValue, checkPatch, group } from './any-document.ts';

type Edit = (value: any) => void; // oxlint-disable-line typescript/no-explicit-any

function patch(text: string, edit: Edit, isJson = false): string {
  const value: unknown = structuredClone(parseText(text)?.value ?? {});
  edit(value);
  return patchText({ text, isJson }, isFields(value) ? value : undefined) ?? 'syntax error';
}

/** Lines that are only in the old or only in the new text. */
function changedLines(before: string, after: string): readonly string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `- ${line.trim()}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+ ${line.trim()}`),
  ];
}

const changes = (edit: Edit): readonly string[] => changedLines(exampleConfig, patch(exampleConfig, edit));

test('a text with its own value stays the same, byte for byte', () => {
  const texts = [
    exampleConfig,
    exampleConfig.replaceAll('\n', '\r\n'),
    '',
    '# only a comment\n',
    '{"clients":{}}',
    'a: 1',
  ];

  for (const text of texts) expect(patch(text, () => {})).toBe(text);
});

test('one edit in a file with comments changes one line and keeps the comment on it', () => {
  const edits: Edit[] = [
    (v) => (v.clients.orders.timeout = 5000),
    (v) => v.clients.orders.auth.scopes.push('orders.write'),
    (v) => (v.clients.orders.auth.clientId = "o'neil"),
    (v) => (v.clients.orders.retry.limit = 0),
    (v) => (v.clients.ledger.headers['x-team'] = 'ledger: #1'),
  ];

  expect(edits.map(changes)).toEqual([
    ['- timeout: 3000 # their p99 is 1.8 s', '+ timeout: 5000 # their p99 is 1.8 s'],
    ['- scopes: [orders.read]', '+ scopes: [orders.read, orders.write]'],
    ["- clientId: 'billing'", "+ clientId: 'o''neil'"],
    ['- retry: { limit: 2 }', '+ retry: { limit: 0 }'],
    ['- x-team: "payments" # for their log', '+ x-team: "ledger: #1" # for their log'],
  ]);
});

test('a new field is added below its neighbours, or within their brackets', () => {
  expect(changes((v) => (v.clients.orders.auth.audience = 'x'))).toEqual(['+ audience: x']);
  expect(changes((v) => (v.clients.invoices.auth.header = 'x-key'))).toEqual([
    '- auth: { type: api_key, keyRef: env:INVOICES_KEY }',
    '+ auth: { type: api_key, keyRef: env:INVOICES_KEY, header: x-key }',
  ]);
  expect(changes((v) => (v.clients.stock.retry = { limit: 1 }))).toEqual(['+ retry:', '+ limit: 1']);
});

test('a field that goes takes its line with it, and no other', () => {
  expect(changes((v) => delete v.clients.orders.timeout)).toEqual(['- timeout: 3000 # their p99 is 1.8 s']);
  expect(changes((v) => delete v.clients.invoices.auth.type)).toEqual([
    '- auth: { type: api_key, keyRef: env:INVOICES_KEY }',
    '+ auth: { keyRef: env:INVOICES_KEY }',
  ]);
});

test('the only field of a group can go, and the group stays empty', () => {
  const text = 'a:\n  b: 1 # one\nc: 2\n';

  expect(patch(text, (v) => delete v.a.b)).toBe('a: {} # one\nc: 2\n');
  expect(patch('a: 1\n', (v) => delete v.a)).toBe('{}\n');
});

test('a client is removed and added with all its lines', () => {
  const without = patch(exampleConfig, (v) => delete v.clients.stock);
  const added = patch(
    exampleConfig,
    (v) => (v.clients.pay = { baseUrl: 'https://pay.internal', auth: { type: 'none' } }),
  );

  expect(without).not.toContain('stock.internal');
  expect(without).toContain('# they move to OAuth in spring');
  expect(added.startsWith(exampleConfig.trimEnd())).toBe(true);
  expect(added.endsWith('\n\n  pay:\n    baseUrl: https://pay.internal\n    auth:\n      type: none\n')).toBe(true);
});

test('the first client of an empty file gets the fields around it', () => {
  const orders = { baseUrl: 'https://orders.internal', auth: { type: 'none' } };

  const text = patchText({ text: '# my clients\n', isJson: false }, { clients: { orders } });

  expect(text).toMatch(/^# my clients\nclients:\n {2}orders:\n/);
});

test('lists of groups are edited item by item', () => {
  const text = 'resources:\n  - name: a # first\n    path: v1/a\n  - name: b\n    path: v1/b # second\n';

  expect(patch(text, (v) => (v.resources[1].path = 'v2/b'))).toBe(text.replace('v1/b', 'v2/b'));
  expect(patch(text, (v) => v.resources.push({ name: 'c', path: 'v1/c' }))).toBe(
    `${text}  - name: c\n    path: v1/c\n`,
  );
  expect(patch(text, (v) => v.resources.shift())).toBe('resources:\n  - name: b\n    path: v1/b # second\n');
  expect(patch(text, (v) => (v.resources[0].paging = { type: 'link' }))).toContain('path: v1/a\n    paging:\n');
});

test('JSON stays JSON, with its own layout', () => {
  const text = '{\n  "clients": {\n    "a": { "timeout": 1 },\n    "b": { "timeout": 2 }\n  }\n}\n';

  expect(patch(text, (v) => (v.clients.a.timeout = 3), true)).toBe(text.replace('1', '3'));
  const added = patch(text, (v) => (v.clients.c = { auth: { type: 'none' } }), true);
  expect(JSON.parse(added).clients.c).toEqual({ auth: { type: 'none' } });
  expect(added.split('\n')).toHaveLength(text.split('\n').length + 1);
});

test('a value behind an alias can be changed without changing its anchor', () => {
  const text = 'base: &limits { timeout: 1 }\na: *limits\nb: *limits\n';

  const changed = patch(text, (v) => (v.a.timeout = 2));

  expect(parseText(changed)?.value).toEqual({ base: { timeout: 1 }, a: { timeout: 2 }, b: { timeout: 1 } });
  expect(changed).toContain('b: *limits');
});

test('a text with a syntax error is not edited', () => {
  expect(patchText({ text: 'a: [1', isJson: false }, { a: 1 })).toBeUndefined();
});

test('a file with Windows line ends keeps them, on new lines too', () => {
  const text = exampleConfig.replaceAll('\n', '\r\n');

  const changed = patch(text, (v) => (v.clients.stock.retry = { limit: 1 }));

  expect(changed.replaceAll('\r\n', '')).not.toContain('\n');
  expect(changed.length).toBe(text.length + '    retry:\r\n      limit: 1\r\n'.length);
});

test('any value can be made of any other: the text has the new value, and going back gives the value before', () => {
  fc.assert(fc.property(group, group, fc.boolean(), checkPatch), { numRuns: 50 });
});

test('the changes between two values make one of the other, in any document that has the first', () => {
  fc.assert(
    fc.property(anyValue, anyValue, (one, other) => {
      expect(applyChanges(one, findChanges(one, other))).toEqual(other);
    }),
  );
});

test('comments and quotes stay when the last entry below a comment goes', () => {
  const text = `# Owned by team payments. Do not remove.
network: { proxy: 'http://proxy' } # of the office
clients:
  # the orders API
  orders:
    baseUrl: "https://orders.internal"
`;

  const patched = patch(text, (value) => delete value.clients.orders);

  expect(patched).toContain('# Owned by team payments. Do not remove.\n');
  expect(patched).toContain(`network: { proxy: 'http://proxy' } # of the office\n`);
  expect(parseText(patched)?.value).toEqual({ network: { proxy: 'http://proxy' }, clients: {} });
});

test('a last item below a comment goes, and the comments before it stay', () => {
  const text = '# first\norders:\n  scopes: # needed\n    - orders.read\n  timeout: 5 # seconds\n';

  const patched = patch(text, (value) => value.orders.scopes.pop());

  expect(patched).toContain('# first\n');
  expect(patched).toContain('timeout: 5 # seconds\n');
  expect(parseText(patched)?.value).toEqual({ orders: { scopes: [], timeout: 5 } });
});

const anchored = `# all of them

orders:
  auth: &shared { type: bearer, scopes: ["a"] } # one registration
  timeout: &t 5000
stock:
  auth: *shared
  timeout: *t # the same
`;

test.each<[string, Edit]>([
  ['a value with an anchor changes', (value) => (value.orders.timeout = 6_000)],
  ['a group with an anchor gets an item', (value) => value.orders.auth.scopes.push('b')],
  ['a group with an anchor goes', (value) => delete value.orders],
  ['a group with an anchor is another one', (value) => (value.orders.auth = { type: 'none' })],
])('comments stay, and what the alias stood for, when %s', (_, edit) => {
  const wanted = structuredClone(parseText(anchored)?.value);
  // the same object is in both places of the parsed value
  const separate: unknown = JSON.parse(JSON.stringify(wanted));
  edit(separate);

  const patched = patchText({ text: anchored, isJson: false }, isFields(separate) ? separate : undefined) ?? '';

  expect(parseText(patched)?.value).toEqual(separate);
  expect(patched).toContain('# all of them\n');
  expect(patched).toContain('# the same\n');
  expect(patched).not.toContain('"stock"');
});

test.each(['constructor', 'toString', '__proto__'])('a field called %s can be added and removed', (name) => {
  const text = 'clients:\n  orders: 1\n';
  const more: unknown = JSON.parse(`{"clients":{"orders":1,"${name}":2}}`);

  const added = patchText({ text, isJson: false }, isFields(more) ? more : undefined) ?? '';
  const removed = patchText({ text: added, isJson: false }, { clients: { orders: 1 } });

  expect(added).toContain(`${name}: 2`);
  expect(removed).toBe(text);
});
