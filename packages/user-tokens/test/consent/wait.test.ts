import { expect, test } from 'vitest';
import { mailIssuer, startFlow, testApp } from './test-app.ts';

test('a caller in the same process continues at once', async () => {
  const app = await testApp();
  const flow = await startFlow(app);
  const waited = app.wait(flow.id);

  await app.signIn('alice').open(flow.url);

  expect(await waited).toEqual({ status: 'completed' });
  expect(app.clock.pending).toBe(0);
});

test('a caller in another process continues within a second', async () => {
  const app = await testApp();
  const replica = await app.replica();
  const flow = await startFlow(app);
  const waited = replica.wait(flow.id);
  await app.clock.settle();

  await app.signIn('alice').open(flow.url);
  await app.clock.advance(1_000);

  expect(await waited).toEqual({ status: 'completed' });
});

test('a flow that has ended already is answered without waiting', async () => {
  const app = await testApp({ issuer: mailIssuer({ consent: 'deny' }) });
  const flow = await startFlow(app);
  await app.signIn('alice').open(flow.url);

  expect(await app.wait(flow.id)).toEqual({ status: 'denied', reason: 'access_denied' });
});

test('a user who does not come back ends the wait when the flow expires', async () => {
  const app = await testApp();
  const waited = app.wait((await startFlow(app)).id);

  await app.clock.advance(600_000);

  expect(await waited).toEqual({ status: 'expired' });
  expect(app.clock.pending).toBe(0);
});

test('aborting the wait leaves the flow and no timer', async () => {
  const app = await testApp();
  const flow = await startFlow(app);
  const caller = new AbortController();
  const waited = app.wait(flow.id, { signal: caller.signal });
  await app.clock.settle();

  caller.abort(new Error('the caller left'));

  await expect(waited).rejects.toThrow('the caller left');
  expect(app.clock.pending).toBe(0);
  expect((await app.store.getFlow(flow.id))?.status).toBe('pending');
});

test('a flow whose process died while it exchanged the code has failed a minute after its time', async () => {
  const app = await testApp();
  const flow = await startFlow(app);
  const row = await app.store.getFlow(flow.id);
  await app.store.bindFlow(flow.id, 'browser');
  await app.store.consumeFlow(row?.stateHash ?? '', 'browser');
  const waited = app.wait(flow.id);

  await app.clock.advance(660_000);

  expect(await waited).toEqual({ status: 'failed', reason: 'code_interrupted' });
});

test('a store that stops working during the wait does not end it', async () => {
  const app = await testApp();
  const flow = await startFlow(app);
  const getFlow = app.store.getFlow.bind(app.store);
  const waited = app.wait(flow.id);
  await app.clock.settle();

  Object.assign(app.store, { getFlow: () => Promise.reject(new Error('down')) });
  await app.clock.advance(5_000);
  Object.assign(app.store, { getFlow });
  await app.store.finishFlow(flow.id, { status: 'completed' });
  await app.clock.advance(1_000);

  expect(await waited).toEqual({ status: 'completed' });
});

test('a store that does not come back ends the wait with the time of the flow', async () => {
  const app = await testApp();
  const flow = await startFlow(app);
  const waited = app.wait(flow.id);
  await app.clock.settle();

  Object.assign(app.store, { getFlow: () => Promise.reject(new Error('down')) });
  await app.clock.advance(600_000);

  expect(await waited).toEqual({ status: 'expired' });
});

test('a user who is forgotten ends the wait', async () => {
  const app = await testApp();
  const waited = app.wait((await startFlow(app)).id);
  await app.clock.settle();

  await app.store.deleteUser({ tenant: '', user: 'alice' });
  await app.clock.advance(1_000);

  expect(await waited).toEqual({ status: 'expired' });
});

test('an unknown id is refused', async () => {
  const app = await testApp();

  await expect(app.wait('unknown')).rejects.toMatchObject({ code: 'USER_TOKENS_CONFIG', field: 'id' });
});

test.each<[string, unknown, unknown]>([
  ['an id that is an object', {}, {}],
  ['an id with a control character', 'a\0', {}],
  ['options that are null', 'a', null],
  ['a signal that is text', 'a', { signal: 'x' }],
  ['a misspelt option', 'a', { singal: undefined }],
])('%s is a wrong argument, and no failure of the store', async (_, id, options) => {
  const { users } = await testApp();

  const waited = await users.wait(id as string, options as object);

  expect(waited.isErr() && waited.error).toMatchObject({ code: 'USER_TOKENS_CONFIG', retryable: false });
});
