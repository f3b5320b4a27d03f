import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Agent, fetch as undiciFetch } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import { publicLookup, withPublicAddressesOnly } from '../../src/stages/public-addresses.ts';
import type { PublicAddressOptions } from '../../src/stages/public-addresses.ts';
import { caught } from '../caught.ts';
import { ok, redirectTo, scriptedFetch } from '../scripted.ts';

const names: Record<string, readonly string[]> = {
  'hooks.example': ['93.184.216.34', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
  'inside.example': ['10.1.2.3'],
  'both.example': ['93.184.216.34', '127.0.0.1'],
};
const resolve: PublicAddressOptions['resolve'] = async (hostname) => {
  const found = names[hostname];
  if (found === undefined) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
  return found;
};
const createTestClient = (network: typeof fetch, options: PublicAddressOptions = {}): ReturnType<typeof createClient> =>
  createClient(
    { fetch: network, insecureHttp: true, redirects: { origins: 'any' }, retry: 0 },
    withPublicAddressesOnly({ resolve, ...options }),
  );

test('a name with public addresses only is allowed', async () => {
  expect((await createTestClient(scriptedFetch(ok)).fetch('https://hooks.example/')).status).toBe(200);
});

test.each([
  'http://127.0.0.1/',
  'http://localhost./',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://0177.0.0.1/',
  'http://127.1/',
  'http://10.0.0.1/',
  'http://172.16.0.1/',
  'http://192.168.1.1/',
  'http://169.254.169.254/latest/meta-data',
  'http://100.64.0.1/',
  'http://0.0.0.0/',
  'http://224.0.0.1/',
  'http://[::1]/',
  'http://[::]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:7f00:1]/',
  'http://[fe80::1]/',
  'http://[fd00:ec2::254]/',
  'http://[64:ff9b::7f00:1]/',
  'http://[2002:7f00:1::]/',
  'http://inside.example/',
  'http://both.example/',
])('%s is rejected, and nothing is sent', async (url) => {
  const network = scriptedFetch();
  names['localhost.'] = ['127.0.0.1'];

  const error = await caught(() => createTestClient(network).fetch(url));

  expect(error).toMatchObject({ code: 'DESTINATION_NOT_ALLOWED' });
  expect(error.message).not.toMatch(/10\.1\.2\.3/);
  expect(network.sent).toEqual([]);
});

test('the target of a redirect is checked too', async () => {
  const network = scriptedFetch(redirectTo('http://inside.example/admin'));

  const error = await caught(() => createTestClient(network).fetch('http://hooks.example/'));

  expect(error).toMatchObject({ code: 'DESTINATION_NOT_ALLOWED', origin: 'http://inside.example' });
  expect(network.sent).toHaveLength(1);
});

test('allowed ranges can be called, and no other private ones', async () => {
  const client = createTestClient(scriptedFetch(ok, ok), { allow: ['10.1.0.0/16', 'fd00::/8'] });

  expect((await client.fetch('http://inside.example/')).status).toBe(200);
  expect((await client.fetch('http://[fd00::1]/')).status).toBe(200);
  expect(await caught(() => client.fetch('http://10.2.0.1/'))).toMatchObject({ code: 'DESTINATION_NOT_ALLOWED' });
});

test('an unknown name is a TransportError', async () => {
  const error = await caught(() => createTestClient(scriptedFetch()).fetch('http://nowhere.example/'));

  expect(error).toMatchObject({ code: 'TRANSPORT', reason: 'ENOTFOUND', retryable: false });
});

test.each([['10.0.0.1'], ['10.0.0.0/33'], ['private']])('an invalid range is rejected: %s', async (range) => {
  expect(await caught(() => withPublicAddressesOnly({ allow: [range] }))).toMatchObject({
    code: 'CONFIG',
    field: 'allow',
  });
});

test('publicLookup connects to public addresses only, whatever was resolved before', async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  const url = `http://localhost:${(server.address() as AddressInfo).port}/`;
  const send = async (allow: readonly string[]): Promise<Error> => {
    const dispatcher = new Agent({ connect: { lookup: publicLookup({ allow }) } });
    onTestFinished(() => dispatcher.close());
    // undici's own fetch, because the platform's takes no Agent of another version
    const network = ({ url: address }: Request) => undiciFetch(address, { dispatcher });
    return caught(() => createClient({ fetch: network as never, retry: 0 }).fetch(url));
  };

  const refused = await send([]);
  const seenThen = connections;
  await send(['127.0.0.0/8', '::1/128']);

  expect(refused).toMatchObject({ code: 'TRANSPORT', reason: 'EACCES' });
  expect(seenThen).toBe(0);
  expect(connections).toBeGreaterThan(0);
});
