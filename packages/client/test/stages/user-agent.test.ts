import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import { ok, scriptedFetch } from '../scripted.ts';

const agentSent = async (options: object, headers: Record<string, string>): Promise<string | null | undefined> => {
  const network = scriptedFetch(ok);
  await createClient({ ...options, fetch: network }).fetch('https://api.test/', { headers });
  return network.sent[0]?.headers.get('user-agent');
};

test('a request that does not say who calls says the name of the client', async () => {
  expect(await agentSent({}, {})).toBe('bearings');
  expect(await agentSent({ userAgent: 'billing/2' }, {})).toBe('billing/2');
});

test('a request that says who calls keeps it', async () => {
  expect(await agentSent({ userAgent: 'billing/2' }, { 'User-Agent': 'mine/1' })).toBe('mine/1');
});
