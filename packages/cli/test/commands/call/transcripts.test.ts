import { expect, test } from 'vitest';
import { startRealServers } from '../../fixtures/real-servers.ts';
import { transcript } from '../../fixtures/transcript.ts';

test('-v shows each stage, the token, and the heads of request and response, without secrets', async () => {
  await using servers = await startRealServers();

  const shown = await transcript(servers, ['call', 'orders', 'v1/orders/42?page=7', '-v']);

  await expect(shown).toMatchFileSnapshot('../../golden/call-v.txt');
});

test('-v shows each attempt, pause, rotation and replay', async () => {
  await using servers = await startRealServers();
  servers.api.answerNext(503, 401);

  const shown = await transcript(servers, ['call', 'orders', 'v1/orders/42', '-v']);

  await expect(shown).toMatchFileSnapshot('../../golden/call-v-retry-and-rotation.txt');
});

test('--debug shows the exchange with the authorization server', async () => {
  await using servers = await startRealServers();

  const shown = await transcript(servers, ['call', 'orders', 'v1/orders/42', '--debug']);

  await expect(shown).toMatchFileSnapshot('../../golden/call-debug.txt');
});

test('--debug shows the response to a wrong secret', async () => {
  await using servers = await startRealServers();

  const shown = await transcript(servers, ['auth', 'token', 'orders', '--debug'], {
    env: { ORDERS_SECRET: 'wrong-secret' },
    tty: [],
  });

  await expect(shown).toMatchFileSnapshot('../../golden/token-debug-refused.txt');
});

test('-v shows why the API does not answer', async () => {
  await using servers = await startRealServers();
  await servers.api.close();

  const shown = await transcript(servers, ['call', 'orders', 'v1/orders/42', '-v']);

  await expect(shown).toMatchFileSnapshot('../../golden/call-v-unreachable.txt');
});

test('the habits of other clients: a query, a form, the whole response as data', async () => {
  await using servers = await startRealServers();
  await servers.write('order.json', '{"item":7}');
  const shown: string[] = [];
  for (const args of [
    ['call', 'orders', 'v1/orders/42', '--query', 'page=2', '--json'],
    ['call', 'orders', 'v1/echo', '-d', '@order.json', '--retry', '0', '--har', 'order.har'],
    ['call', 'orders', 'v1/status/404', '-F', 'note=urgent', '-F', 'file=@order.json'],
  ]) {
    shown.push(await transcript(servers, args));
  }

  await expect(shown.join('\n')).toMatchFileSnapshot('../../golden/call-habits.txt');
});
