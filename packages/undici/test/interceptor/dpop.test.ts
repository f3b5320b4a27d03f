import { Token } from '@bearings/oauth-bearer';
import { Agent, request } from 'undici';
import { expect, test } from 'vitest';
import { startApi, startProvider } from '../../../oauth-bearer/test/dpop/dpop-servers.ts';
import { bearerInterceptor } from '../../src/interceptor/bearer-interceptor.ts';

test('requests of undici itself are signed too, and a nonce costs one replay', async () => {
  await using provider = await startProvider();
  await using api = await startApi({ nonce: () => 'n1' });
  const config = { issuerUrl: provider.url, clientId: 'orders', clientSecret: 'orders-secret', dpop: true };
  await using token = (await Token.create(config)).unwrap();
  const agent = new Agent();
  const dispatcher = agent.compose(bearerInterceptor(token, { origins: [api.url] }));

  const first = await request(`${api.url}/orders?page=1`, { dispatcher });
  const second = await request(`${api.url}/orders`, { dispatcher, method: 'POST', body: 'x' });
  await Promise.all([first.body.dump(), second.body.dump()]);
  await agent.destroy();

  expect(api.seen.map(({ status, htm }) => [status, htm])).toEqual([
    [401, 'GET'],
    [200, 'GET'],
    [200, 'POST'],
  ]);
});
