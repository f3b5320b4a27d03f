import { createClient } from '@bearings/client';
import type { Client, ClientOptions } from '@bearings/client';
import { staticToken, withBearerAuth } from '@bearings/oauth-bearer';
import { expect } from 'vitest';
import { settleCall, getError, expectCallOutcome } from './call-outcome.ts';
import { replay } from './replay.ts';
import type { Run } from './replay.ts';

/** A client bound to an origin, and the URL and token of each request that it sends. */
function bound(options: ClientOptions): { client: Client; sent: [string, string | null][] } {
  const sent: [string, string | null][] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { url, headers } = new Request(input, init);
    sent.push([url, headers.get('authorization')]);
    return new Response('ok');
  };
  const client = createClient({ fetch, ...options }, withBearerAuth(staticToken('at_CANARY_1')));
  return { client, sent };
}

const isRefused: Run = async ({ entry, hides }) => {
  const { baseUrl, input } = entry.input as { baseUrl: string; input: string };
  const { client, sent } = bound({ baseUrl });

  for (const call of [() => client(input), () => client.get(input), () => client.fetch(input)]) {
    expectCallOutcome(entry, hides(await thrownOrCame(call)));
  }

  expect(sent).toEqual([]);
};

/** The outcome of a call, synchronous errors included. */
const thrownOrCame = (call: () => Promise<Response>): ReturnType<typeof settleCall> =>
  settleCall((async () => call())());

replay('RD-019', isRefused);
replay('RD-022', isRefused);
replay('RD-024', isRefused);
replay('RD-025', isRefused);
replay('RD-026', isRefused);
replay('RD-027', isRefused);

replay('RD-023', async ({ entry, hides }) => {
  const { baseUrl, input } = entry.input as { baseUrl: string; input: string };
  const { client, sent } = bound({ baseUrl });

  for (const call of [() => client(input), () => client.get(input)]) {
    expectCallOutcome(entry, hides(await thrownOrCame(call)));
  }
  expect(sent).toEqual([]);

  // for `fetch` the URL standard holds: this is a path, because the scheme equals that of the base
  await client.fetch(input);
  expect(sent).toEqual([['https://api.example/evil.example/x', 'Bearer at_CANARY_1']]);
});

replay('RD-028', async ({ entry, hides }) => {
  const { client, sent } = bound({ baseUrl: 'https://api.example' });
  const foreign = (): Request => new Request('https://evil.example/x', { method: 'POST', body: 'a' });
  const calls = [() => client(foreign()), () => client.post(foreign()), () => client.fetch(foreign())];

  for (const call of calls) expectCallOutcome(entry, hides(await thrownOrCame(call)));

  expect(sent).toEqual([]);
});

replay('RD-029', async ({ entry, hides }) => {
  const { client, sent } = bound({ prefix: 'https://api.example/v1/tenant' });

  // a prefix does not confine paths: only another origin is rejected
  expectCallOutcome(entry, hides(await settleCall(client('../../admin'))));
  expectCallOutcome(entry, hides(await settleCall(client.fetch('../../admin'))));

  expect(sent.map(([url]) => new URL(url).origin)).toEqual(['https://api.example', 'https://api.example']);
  expect(sent.map(([url]) => new URL(url).pathname)).toEqual(['/admin', '/admin']);
  for (const up of ['../../../../../evil.example', '..//evil.example', '..\\..\\..\\evil.example']) {
    hides(await thrownOrCame(() => client(up)));
  }
  expect(new Set(sent.map(([url]) => new URL(url).origin))).toEqual(new Set(['https://api.example']));
});

replay('RD-030', async ({ hides }) => {
  const { client, sent } = bound({ baseUrl: 'https://api.example' });
  const abroad = (): Request => new Request('https://evil.example/x', { headers: { authorization: 'Bearer theirs' } });

  const before = client.extend({ hooks: { beforeRequest: [abroad] } });
  expect(hides(getError(await settleCall(before('x'))))).toMatchObject({ code: 'DESTINATION_NOT_ALLOWED' });
  expect(sent).toEqual([]);

  const after = client.extend({ hooks: { afterResponse: [() => client.retry({ request: abroad() })] } });
  hides(getError(await settleCall(after('x'))));
  expect(sent).toEqual([['https://api.example/x', 'Bearer at_CANARY_1']]);

  const rewritten = client.extend({
    hooks: { init: [(options) => void Object.assign(options, { baseUrl: 'https://evil.example' })] },
  });
  hides(await thrownOrCame(() => rewritten('x')));
  expect(sent.every(([url]) => url.startsWith('https://api.example/'))).toBe(true);
});

replay('RD-032', async ({ entry, hides }) => {
  const { client, sent } = bound({ baseUrl: 'https://api.example' });
  for (const input of ['https://API.EXAMPLE/x', 'HTTPS://Api.Example:443/x', 'https://api%2Eexample/x']) {
    expectCallOutcome(entry, hides(await settleCall(client(input))));
  }
  const home = ['https://api.example/x', 'Bearer at_CANARY_1'];
  expect(sent).toEqual([home, home, home]);
  for (const input of ['https://api.example./x', 'https://API.EXAMPLE./x']) {
    expect(hides(getError(await thrownOrCame(() => client(input))))).toMatchObject({ code: 'DESTINATION_NOT_ALLOWED' });
  }
  expect(sent).toHaveLength(3);

  const unicode = bound({ baseUrl: 'https://bücher.example' });
  for (const input of [
    'https://xn--bcher-kva.example/x',
    'https://BÜCHER.example/x',
    'https://b\u0075\u0308cher.example/x',
  ]) {
    expectCallOutcome(entry, hides(await settleCall(unicode.client(input))));
  }
  const punycode = ['https://xn--bcher-kva.example/x', 'Bearer at_CANARY_1'];
  expect(unicode.sent).toEqual([punycode, punycode, punycode]);
  expect(hides(getError(await thrownOrCame(() => unicode.client('https://bucher.example/x'))))).toMatchObject({
    code: 'DESTINATION_NOT_ALLOWED',
  });
});
