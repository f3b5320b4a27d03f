import { inspect } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createClient } from '../../src/client.ts';
import { layer } from '../../src/core/slots.ts';
import type { Stage } from '../../src/core/stage.ts';
import { lightParts, lightRequest } from '../../src/body/light-request.ts';
import { status } from '../scripted.ts';

const url = 'https://api.test/orders?page=2';
const parts = { url, method: 'PUT', headers: new Headers({ 'x-mine': '1' }), body: 'text ä' };

/** A network that says what it was handed. */
function handed(): { fetch: typeof globalThis.fetch; inputs: (string | URL | Request)[] } {
  const inputs: (string | URL | Request)[] = [];
  const fetch: typeof globalThis.fetch = async (input) => {
    inputs.push(input);
    return status(200)(new Request(input), new AbortController().signal);
  };
  return { fetch, inputs };
}

test('whatever is asked of a light request, the answer is that of the platform', async () => {
  const light = lightRequest(parts);
  const platforms = new Request(url, parts);
  const own = Object.entries(Object.getOwnPropertyDescriptors(Request.prototype));
  const names = own.flatMap(([name, of]) =>
    !('get' in of) || ['body', 'signal', 'headers'].includes(name) ? [] : [name],
  );
  const answers = (request: Request): unknown[] => names.map((name) => Reflect.get(request, name) as unknown);

  expect(names.length).toBeGreaterThan(10);
  expect(answers(light)).toEqual(answers(platforms));
  expect([...light.headers]).toEqual([['x-mine', '1']]);
  expect(light instanceof Request).toBe(true);
  expect(light.clone().url).toBe(url);
  expect(await light.text()).toBe('text ä');
  expect(inspect(light)).toContain(url);
});

test('without a body it has none, and its parts are what it was made of', () => {
  const none = { ...parts, body: undefined };

  expect(lightRequest(none).body).toBeNull();
  expect(lightParts(lightRequest(none))).toBe(none);
  expect(lightParts(new Request(url))).toBeUndefined();
});

test('a layer that may hand the request to the platform gets one of the platform', async () => {
  const cloning: Stage = (next) => (request, call) => next(new Request(request, { cache: 'no-store' }), call);
  const network = handed();

  const response = await createClient({ fetch: network.fetch }, layer('observe', 'mine', cloning)).fetch(url);

  expect(response.status).toBe(200);
  expect(network.inputs[0]).toBeInstanceOf(Request);
});

test.each<[string, RequestInit]>([
  ['nothing', {}],
  ['headers', { headers: { a: 'b' } }],
  ['a string', { method: 'post', body: 'x' }],
  ['bytes', { method: 'PUT', body: new Uint8Array(3) }],
  ['a query', { method: 'PATCH', body: new URLSearchParams({ a: '1' }) }],
])('an ordinary call goes out as its parts, and is the same to the server: %s', async (_case, init) => {
  const network = handed();
  const passing = layer('observe', { name: 'mine', takesLight: true }, (next) => next);
  vi.stubGlobal('fetch', network.fetch);
  onTestFinished(() => void vi.unstubAllGlobals());

  await createClient({}, passing).fetch(url, init);

  expect(network.inputs).toEqual([url]);
});

test.each<[string, RequestInit]>([
  ['a cache mode', { cache: 'no-store' }],
  ['a redirect mode', { redirect: 'manual' }],
  ['a stream', { method: 'PUT', body: new Blob(['x']).stream(), duplex: 'half' }],
  ['a form', { method: 'PUT', body: new FormData() }],
  ['a method of its own', { method: 'PURGE' }],
])('any other call goes out as a Request of the platform: %s', async (_case, init) => {
  const network = handed();
  vi.stubGlobal('fetch', network.fetch);
  onTestFinished(() => void vi.unstubAllGlobals());

  await createClient().fetch(url, init);

  expect(network.inputs[0]).toBeInstanceOf(Request);
});

test("a fetch of the caller's own gets a Request of the platform, as it may have been written for one", async () => {
  const network = handed();

  await createClient({ fetch: network.fetch }).fetch(url);

  expect(network.inputs[0]).toBeInstanceOf(Request);
});

test.each<[string, RequestInit]>([
  ['a body with GET', { body: 'x' }],
  ['a method that is none', { method: 'a b' }],
  ['a method that is not allowed', { method: 'CONNECT' }],
])('what the platform refuses is refused: %s', async (_case, init) => {
  await expect(createClient({ fetch: handed().fetch }).fetch(url, init)).rejects.toBeInstanceOf(TypeError);
});
