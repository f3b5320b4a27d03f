import { expect } from 'vitest';
import { isDiscoveryRequest, isResourceRequest, isTokenRequest } from './example-servers.ts';
import type { Hold } from './holds.ts';
import type { SeenRequest } from './seen-request.ts';
import type { Scene } from './token-scene.ts';

/** The requests at the token endpoint, wherever that was. */
export const tokenRequests = ({ network }: Scene): readonly SeenRequest[] => network.seen.filter(isTokenRequest);

const discoveryRequests = ({ network }: Scene): readonly SeenRequest[] => network.seen.filter(isDiscoveryRequest);
const resourceRequests = ({ network }: Scene): readonly SeenRequest[] => network.seen.filter(isResourceRequest);

/** The first request for a token. */
function tokenRequest(scene: Scene): SeenRequest {
  const [first] = tokenRequests(scene);
  if (first === undefined) throw new Error('No token was asked for');
  return first;
}

const header = (scene: Scene, name: string): string | undefined => tokenRequest(scene).headers.get(name);

/** User and password as they were sent, still encoded. */
function credential(scene: Scene): string {
  const [scheme = '', text = ''] = (header(scene, 'authorization') ?? '').split(' ');
  expect(scheme).toBe('Basic');
  return Buffer.from(text, 'base64').toString();
}

const authorizationOf = ({ entry }: Scene): unknown => (entry.input as { authorization: string }).authorization;

/** Everything of a request, as text. */
const textOf = ({ url, headers, body }: SeenRequest): string => [url, ...[...headers].flat(), body].join('\n');

function carriesSecret(request: SeenRequest, { config }: Scene): boolean {
  const text = textOf(request);
  const secret = String(config.clientSecret);
  const forms = [secret, encodeURIComponent(secret), btoa(`${config.clientId}:${secret}`), 'client_secret', 'Basic '];
  return forms.some((form) => text.includes(form));
}

const requestOptions = (scene: Scene): Request => {
  const asked = scene.network.street.asked.find(({ method }) => method === 'POST');
  if (asked === undefined) throw new Error('No token was asked for');
  return asked;
};

function expectOnlyHost(scene: Scene, forbidden: string): void {
  expect(scene.network.seen.filter(({ url }) => url.includes(forbidden))).toEqual([]);
}

/** How many retries a token request may have. */
const retryLimit = 2;

/** What the servers saw, until here. */
export const holdsOfRequests: readonly Hold[] = [
  [/^token-requests=(\d+)$/, (scene, count) => expect(tokenRequests(scene)).toHaveLength(Number(count))],
  [
    'token-requests<=1+retry-limit',
    (scene) => {
      expect(tokenRequests(scene).length).toBeGreaterThanOrEqual(1);
      expect(tokenRequests(scene).length).toBeLessThanOrEqual(1 + retryLimit);
    },
  ],
  [
    'token-requests<=1-per-call',
    (scene) => expect(tokenRequests(scene).length).toBeLessThanOrEqual(1 + scene.calls.length),
  ],
  [
    'token-requests<=2',
    (scene) => {
      expect(tokenRequests(scene).length).toBeGreaterThanOrEqual(1);
      expect(tokenRequests(scene).length).toBeLessThanOrEqual(2);
    },
  ],
  ['not-retried', ({ network }) => expect(network.street.asked).toHaveLength(1)],
  [/^discovery-requests=(\d+)$/, (scene, count) => expect(discoveryRequests(scene)).toHaveLength(Number(count))],
  ['request-not-sent', (scene) => expectNoCall(scene)],
  ['no-request-sent', ({ network }) => expect(network.street.asked).toEqual([])],
  ['no-token-request', (scene) => expect(tokenRequests(scene)).toEqual([])],
  [
    'secret-not-sent',
    (scene) => expect(scene.network.seen.filter((request) => carriesSecret(request, scene))).toEqual([]),
  ],
  ['secret-not-sent-to-other-origin', (scene) => expectOnlyHost(scene, 'evil.example')],
  [
    'redirect-not-followed',
    (scene) => {
      const { status = 0, headers = [] } = scene.entry.response ?? {};
      const location = headers.find(([name]) => name === 'location')?.[1] ?? '';
      expect(status).toBeGreaterThanOrEqual(300);
      const target = new URL(location, scene.network.seen[0]?.url).href;
      expect(scene.network.seen.map(({ url }) => url)).not.toContain(target);
      expectOnlyHost(scene, 'evil.example');
    },
  ],
  [
    'no-replay-through-401-stage',
    (scene) => expect(discoveryRequests(scene).map(textOf).join('')).not.toMatch(/authorization|Bearer/i),
  ],
  [/^resource-auth="(.+)"$/, (scene, value) => expectCarried(scene, value)],
  [
    /^never-sends="Bearer (.*)"$/,
    (scene, values = '') => {
      const never = values.split('|').map((value) => `Bearer ${value}`.trim());
      expect(scene.calls.length).toBeGreaterThan(0);
      for (const { headers } of resourceRequests(scene)) expect(never).not.toContain(headers.get('authorization'));
    },
  ],
  [
    'no-header-injection',
    ({ network }) => expect(network.seen.filter(({ headers }) => headers.has('x-injected'))).toEqual([]),
  ],
  [
    /^retry-delay=own-backoff(?:-or-capped)?$/,
    (scene) => {
      const [first = 0, second = 0, third = 0] = tokenRequests(scene).map(({ at }) => at);
      expect([second - first, third - second]).toEqual([50, 100]); // half of 100 and of 200 ms
    },
  ],
  [/^requested=(.+)$/, (scene, path) => expect(discoveryRequests(scene).map(pathOf)).toContain(path)],
  [/^token-endpoint=(.+)$/, (scene, url) => expect(tokenRequests(scene).map((request) => request.url)).toEqual([url])],
  [
    'client-auth=client_secret_basic',
    (scene) => {
      expect(credential(scene)).toBe(`${scene.config.clientId}:${String(scene.config.clientSecret)}`);
      expect(tokenRequest(scene).body).not.toContain('client_secret');
    },
  ],
  ['signed-metadata-ignored', (scene) => expect(tokenRequest(scene).url).toBe('https://as.example/token')],
  [
    'option-not-needed',
    (scene) => {
      expect(scene.config.insecureHttp).toBeUndefined();
      expect(tokenRequest(scene).url).toMatch(/^http:/);
    },
  ],
  [/^method=(.+)$/, (scene, method) => expect(tokenRequest(scene).method).toBe(method)],
  [/^content-type=(.+)$/, (scene, type) => expect(header(scene, 'content-type')?.split(';')[0]).toBe(type)],
  [/^accept=(.+)$/, (scene, type) => expect(header(scene, 'accept')).toBe(type)],
  [/^body="(.+)"$/, (scene, body) => expect(tokenRequest(scene).body).toBe(body)],
  [/^body (scope=.+)$/, (scene, parameter) => expect(tokenRequest(scene).body.split('&')).toContain(parameter)],
  ['scope sent once', (scene) => expect(tokenRequest(scene).body.match(/(?:^|&)scope=/g)).toHaveLength(1)],
  [
    'resource parameter twice, unmerged',
    (scene) => expect(new URLSearchParams(tokenRequest(scene).body).getAll('resource')).toEqual(scene.config.resource),
  ],
  ['no-secret-in-body', (scene) => expect(tokenRequest(scene).body).not.toMatch(/CANARY|client_secret/)],
  [
    'no-secret-in-url',
    ({ network }) => expect(network.seen.map(({ url }) => url).join(' ')).not.toMatch(/CANARY|client_secret|[?]/),
  ],
  [
    'basic credential = raw UTF-8 bytes',
    (scene) => expect(credential(scene)).toBe(`${scene.config.clientId}:${String(scene.config.clientSecret)}`),
  ],
  [/^basic-user="(.+)"$/, (scene, user) => expect(credential(scene).split(':')[0]).toBe(user)],
  [/^basic-pass="(.+)"$/, (scene, pass) => expect(credential(scene).split(':')[1]).toBe(pass)],
  [
    'basic-user has %3A, exactly one raw ":" in the decoded credential',
    (scene) => {
      const parts = credential(scene).split(':');
      expect(parts).toHaveLength(2);
      expect(parts[0]).toContain('%3A');
      expect(header(scene, 'authorization')).toBe(authorizationOf(scene));
    },
  ],
  [
    'those characters are NOT percent-encoded (WHATWG urlencoded set)',
    (scene) => {
      expect(credential(scene)).not.toContain('%');
      expect(header(scene, 'authorization')).toBe(authorizationOf(scene));
    },
  ],
  [
    'UTF-8 bytes are percent-encoded before base64',
    (scene) => {
      expect(credential(scene)).toMatch(/^[\x21-\x7e]+$/);
      expect(header(scene, 'authorization')).toBe(authorizationOf(scene));
    },
  ],
  [
    'hooks of the resource client do not see the token request, or see it redacted',
    (scene) => {
      expect(tokenRequests(scene)).toHaveLength(1);
      expect(new Set(scene.watched.map(({ url }) => url))).toEqual(new Set(['https://api.example/v1/orders/42']));
      for (const { headers } of scene.watched) expect(JSON.stringify([...headers])).not.toMatch(/CANARY|Basic/);
      scene.hides(scene.watched);
    },
  ],
  [/^(redirect|cache|credentials|referrerPolicy)=(.+)$/, expectOption],
];

const pathOf = ({ url }: SeenRequest): string => new URL(url).pathname;

function expectOption(scene: Scene, name: string | undefined, value: string | undefined): void {
  expect({ [name ?? '']: Reflect.get(requestOptions(scene), name ?? '') }).toEqual({ [name ?? '']: value });
}

/** Calls were made, and none arrived. */
function expectNoCall(scene: Scene): void {
  expect(resourceRequests(scene)).toEqual([]);
  if (scene.client !== undefined)
    expect(scene.calls.map(({ error }) => error)).toEqual(scene.calls.map(() => expect.any(Error)));
}

function expectCarried(scene: Scene, value: string | undefined): void {
  const carried = resourceRequests(scene).map(({ headers }) => headers.get('authorization'));
  expect(carried).toEqual(scene.calls.map(() => value));
  expect(carried.length).toBeGreaterThan(0);
}
