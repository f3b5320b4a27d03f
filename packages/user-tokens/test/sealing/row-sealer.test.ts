import { expect, test } from 'vitest';
import { openKeyRing } from '../../src/sealing/open-key-ring.ts';
import { flowContext, grantContext } from '../../src/sealing/seal-context.ts';
import { RowSealer } from '../../src/sealing/row-sealer.ts';

const keys = { k1: new Uint8Array(32).fill(1), k2: new Uint8Array(32).fill(2) };
const createSealer = async (current: 'k1' | 'k2' = 'k1', all: Partial<typeof keys> = keys): Promise<RowSealer> =>
  new RowSealer((await openKeyRing({ current, keys: all })).unwrap());

const row = {
  id: 'g1',
  tenant: 't1',
  user: 'alice',
  connection: 'mail',
  account: 'a1',
  issuer: 'https://id.test',
  clientId: 'app',
  version: 3,
};
const plaintext = new TextEncoder().encode('rt_CANARY');

test('what is sealed opens in its own place', async () => {
  const sealer = await createSealer();

  const content = await sealer.seal(plaintext, grantContext(row));

  expect(Buffer.from(content.sealed).toString('latin1')).not.toContain('CANARY');
  expect(content.keyId).toBe('k1');
  expect(Buffer.from(await sealer.open(content, grantContext(row))).toString()).toBe('rt_CANARY');
});

test('the same content is sealed differently each time', async () => {
  const sealer = await createSealer();

  const [one, two] = [await sealer.seal(plaintext, ['x']), await sealer.seal(plaintext, ['x'])];

  expect(one.sealed).not.toEqual(two.sealed);
});

test('content with any bit changed does not open', async () => {
  const sealer = await createSealer();
  const { sealed, keyId } = await sealer.seal(plaintext, grantContext(row));

  for (let bit = 0; bit < sealed.length * 8; bit += 1) {
    const flipped = Uint8Array.from(sealed);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    await expect(sealer.open({ sealed: flipped, keyId }, grantContext(row))).rejects.toMatchObject({
      code: 'STORE',
      reason: 'undecryptable',
    });
  }
});

test('content that is cut anywhere does not open', async () => {
  const sealer = await createSealer();
  const { sealed, keyId } = await sealer.seal(plaintext, ['x']);

  for (let length = 0; length < sealed.length; length += 1) {
    const opened = sealer.open({ sealed: sealed.subarray(0, length), keyId }, ['x']);
    await expect(opened).rejects.toMatchObject({ reason: 'undecryptable' });
  }
});

test.each([
  ['id', 'g2'],
  ['tenant', 't2'],
  ['user', 'bob'],
  ['connection', 'calendar'],
  ['account', 'a2'],
  ['issuer', 'https://evil.test'],
  ['clientId', 'other'],
  ['version', 2],
])('content that is moved to a row with another %s does not open', async (field, value) => {
  const sealer = await createSealer();
  const content = await sealer.seal(plaintext, grantContext(row));

  const opened = sealer.open(content, grantContext({ ...row, [field]: value }));

  await expect(opened).rejects.toMatchObject({ code: 'STORE', reason: 'undecryptable' });
});

test('the secrets of a flow open in the row of this flow only', async () => {
  const sealer = await createSealer();
  const flow = { ...row, id: 'f1', stateHash: 'h1', redirectUri: 'https://app.test/callback/mail' };
  const content = await sealer.seal(plaintext, flowContext(flow));

  const moved = sealer.open(content, flowContext({ ...flow, user: 'bob' }));

  await expect(moved).rejects.toMatchObject({ reason: 'undecryptable' });
  expect(Buffer.from(await sealer.open(content, flowContext(flow))).toString()).toBe('rt_CANARY');
});

test('parts of a context cannot be shifted into each other', async () => {
  const sealer = await createSealer();
  const content = await sealer.seal(plaintext, ['grant', 'ab', 'c']);

  await expect(sealer.open(content, ['grant', 'a', 'bc'])).rejects.toMatchObject({ reason: 'undecryptable' });
  await expect(sealer.open(content, ['grant', 'abc'])).rejects.toMatchObject({ reason: 'undecryptable' });
});

test('content under the id of another key does not open', async () => {
  const sealer = await createSealer();
  const { sealed } = await sealer.seal(plaintext, ['x']);

  await expect(sealer.open({ sealed, keyId: 'k2' }, ['x'])).rejects.toMatchObject({ reason: 'undecryptable' });
});

test('a key that is not configured is named, and the content is not opened', async () => {
  const { sealed, keyId } = await (await createSealer('k2')).seal(plaintext, ['x']);
  const sealer = await createSealer('k1', { k1: keys.k1 });

  const opened = sealer.open({ sealed, keyId }, ['x']);

  await expect(opened).rejects.toMatchObject({ code: 'STORE', reason: 'unknown_key' });
  await expect(opened).rejects.toThrow('no key "k2"');
});

test('what was sealed with a former key opens, and new content is sealed with the current one', async () => {
  const before = await (await createSealer('k1')).seal(plaintext, ['x']);
  const sealer = await createSealer('k2');

  const after = await sealer.seal(await reopen(sealer, before), ['x']);

  expect(after.keyId).toBe('k2');
  expect(Buffer.from(await sealer.open(after, ['x'])).toString()).toBe('rt_CANARY');
});

const reopen = async (sealer: RowSealer, content: Parameters<RowSealer['open']>[0]): Promise<Uint8Array<ArrayBuffer>> =>
  Uint8Array.from(await sealer.open(content, ['x']));
