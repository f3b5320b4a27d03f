import { expect } from 'vitest';
import { isDiscoveryRequest, isResourceRequest, isTokenRequest } from './example-servers.ts';
import type { Condition } from './conditions.ts';
import type { SeenRequest } from './seen-request.ts';
import type { ScenarioResult } from './token-scenario.ts';

/** The requests to the token endpoint. */
export const tokenRequests = ({ network }: ScenarioResult): readonly SeenRequest[] =>
  network.seen.filter(isTokenRequest);

const discoveryRequests = ({ network }: ScenarioResult): readonly SeenRequest[] =>
  network.seen.filter(isDiscoveryRequest);
const resourceRequests = ({ network }: ScenarioResult): readonly SeenRequest[] =>
  network.seen.filter(isResourceRequest);

/** The first request for a token. */
function tokenRequest(scenario: ScenarioResult): SeenRequest {
  const [first] = tokenRequests(scenario);
  if (first === undefined) throw new Error('No token was asked for');
  return first;
}

const header = (scenario: ScenarioResult, name: string): string | undefined => tokenRequest(scenario).headers.get(name);

/** User and password as sent, still encoded. */
function credential(scenario: ScenarioResult): string {
  const [scheme = '', text = ''] = (header(scenario, 'authorization') ?? '').split(' ');
  expect(scheme).toBe('Basic');
  return Buffer.from(text, 'base64').toString();
}

const expectedAuthorization = ({ entry }: ScenarioResult): unknown =>
  (entry.input as { authorization: string }).authorization;

/** The whole request as text. */
const printRequest = ({ url, headers, body }: SeenRequest): string => [url, ...[...headers].flat(), body].join('\n');

function carriesSecret(request: SeenRequest, { config }: ScenarioResult): boolean {
  const text = printRequest(request);
  const secret = String(config.clientSecret);
  const forms = [secret, encodeURIComponent(secret), btoa(`${config.clientId}:${secret}`), 'client_secret', 'Basic '];
  return forms.some((form) => text.includes(form));
}

const requestOptions = (scenario: ScenarioResult): Request => {
  const asked = scenario.network.loopback.requests.find(({ method }) => method === 'POST');
  if (asked === undefined) throw new Error('No token was asked for');
  return asked;
};

function expectOnlyHost(scenario: ScenarioResult, forbidden: string): void {
  expect(scenario.network.seen.filter(({ url }) => url.includes(forbidden))).toEqual([]);
}

/** The retry limit of a token request. */
const retryLimit = 2;

/** Conditions on the requests that the servers received so far. */
export const requestConditions: readonly Condition[] = [
  [/^token-requests=(\d+)$/, (scenario, count) => expect(tokenRequests(scenario)).toHaveLength(Number(count))],
  [
    'token-requests<=1+retry-limit',
    (scenario) => {
      expect(tokenRequests(scenario).length).toBeGreaterThanOrEqual(1);
      expect(tokenRequests(scenario).length).toBeLessThanOrEqual(1 + retryLimit);
    },
  ],
  [
    'token-requests<=1-per-call',
    (scenario) => expect(tokenRequests(scenario).length).toBeLessThanOrEqual(1 + scenario.calls.length),
  ],
  [
    'token-requests<=2',
    (scenario) => {
      expect(tokenRequests(scenario).length).toBeGreaterThanOrEqual(1);
      expect(tokenRequests(scenario).length).toBeLessThanOrEqual(2);
    },
  ],
  ['not-retried', ({ network }) => expect(network.loopback.requests).toHaveLength(1)],
  [/^discovery-requests=(\d+)$/, (scenario, count) => expect(discoveryRequests(scenario)).toHaveLength(Number(count))],
  ['request-not-sent', (scenario) => expectNoCall(scenario)],
  ['no-request-sent', ({ network }) => expect(network.loopback.requests).toEqual([])],
  ['no-token-request', (scenario) => expect(tokenRequests(scenario)).toEqual([])],
  [
    'secret-not-sent',
    (scenario) => expect(scenario.network.seen.filter((request) => carriesSecret(request, scenario))).toEqual([]),
  ],
  ['secret-not-sent-to-other-origin', (scenario) => expectOnlyHost(scenario, 'evil.example')],
  [
    'redirect-not-followed',
    (scenario) => {
      const { status = 0, headers = [] } = scenario.entry.response ?? {};
      const location = headers.find(([name]) => name === 'location')?.[1] ?? '';
      expect(status).toBeGreaterThanOrEqual(300);
      const target = new URL(location, scenario.network.seen[0]?.url).href;
      expect(scenario.network.seen.map(({ url }) => url)).not.toContain(target);
      expectOnlyHost(scenario, 'evil.example');
    },
  ],
  [
    'no-replay-through-401-stage',
    (scenario) =>
      expect(discoveryRequests(scenario).map(printRequest).join('')).not.toMatch(/^authorization$|Bearer/im),
  ],
  [/^resource-auth="(.+)"$/, (scenario, value) => expectCarried(scenario, value)],
  [
    /^never-sends="Bearer (.*)"$/,
    (scenario, values = '') => {
      const never = values.split('|').map((value) => `Bearer ${value}`.trim());
      expect(scenario.calls.length).toBeGreaterThan(0);
      for (const { headers } of resourceRequests(scenario)) expect(never).not.toContain(headers.get('authorization'));
    },
  ],
  [
    'no-header-injection',
    ({ network }) => expect(network.seen.filter(({ headers }) => headers.has('x-injected'))).toEqual([]),
  ],
  [
    /^retry-delay=own-backoff(?:-or-capped)?$/,
    (scenario) => {
      const [first = 0, second = 0, third = 0] = tokenRequests(scenario).map(({ at }) => at);
      expect([second - first, third - second]).toEqual([50, 100]); // half of 100 and of 200 ms
    },
  ],
  [/^requested=(.+)$/, (scenario, path) => expect(discoveryRequests(scenario).map(getPath)).toContain(path)],
  [
    /^token-endpoint=(.+)$/,
    (scenario, url) => expect(tokenRequests(scenario).map((request) => request.url)).toEqual([url]),
  ],
  [
    'client-auth=client_secret_basic',
    (scenario) => {
      expect(credential(scenario)).toBe(`${scenario.config.clientId}:${String(scenario.config.clientSecret)}`);
      expect(tokenRequest(scenario).body).not.toContain('client_secret');
    },
  ],
  ['signed-metadata-ignored', (scenario) => expect(tokenRequest(scenario).url).toBe('https://as.example/token')],
  [
    'option-not-needed',
    (scenario) => {
      expect(scenario.config.insecureHttp).toBeUndefined();
      expect(tokenRequest(scenario).url).toMatch(/^http:/);
    },
  ],
  [/^method=(.+)$/, (scenario, method) => expect(tokenRequest(scenario).method).toBe(method)],
  [/^content-type=(.+)$/, (scenario, type) => expect(header(scenario, 'content-type')?.split(';')[0]).toBe(type)],
  [/^accept=(.+)$/, (scenario, type) => expect(header(scenario, 'accept')).toBe(type)],
  [/^body="(.+)"$/, (scenario, body) => expect(tokenRequest(scenario).body).toBe(body)],
  [/^body (scope=.+)$/, (scenario, parameter) => expect(tokenRequest(scenario).body.split('&')).toContain(parameter)],
  ['scope sent once', (scenario) => expect(tokenRequest(scenario).body.match(/(?:^|&)scope=/g)).toHaveLength(1)],
  [
    'resource parameter twice, unmerged',
    (scenario) =>
      expect(new URLSearchParams(tokenRequest(scenario).body).getAll('resource')).toEqual(scenario.config.resource),
  ],
  ['no-secret-in-body', (scenario) => expect(tokenRequest(scenario).body).not.toMatch(/CANARY|client_secret/)],
  [
    'no-secret-in-url',
    ({ network }) => expect(network.seen.map(({ url }) => url).join(' ')).not.toMatch(/CANARY|client_secret|[?]/),
  ],
  [
    'basic credential = raw UTF-8 bytes',
    (scenario) =>
      expect(credential(scenario)).toBe(`${scenario.config.clientId}:${String(scenario.config.clientSecret)}`),
  ],
  [/^basic-user="(.+)"$/, (scenario, user) => expect(credential(scenario).split(':')[0]).toBe(user)],
  [/^basic-pass="(.+)"$/, (scenario, pass) => expect(credential(scenario).split(':')[1]).toBe(pass)],
  [
    'basic-user has %3A, exactly one raw ":" in the decoded credential',
    (scenario) => {
      const parts = credential(scenario).split(':');
      expect(parts).toHaveLength(2);
      expect(parts[0]).toContain('%3A');
      expect(header(scenario, 'authorization')).toBe(expectedAuthorization(scenario));
    },
  ],
  [
    'those characters are NOT percent-encoded (WHATWG urlencoded set)',
    (scenario) => {
      expect(credential(scenario)).not.toContain('%');
      expect(header(scenario, 'authorization')).toBe(expectedAuthorization(scenario));
    },
  ],
  [
    'UTF-8 bytes are percent-encoded before base64',
    (scenario) => {
      expect(credential(scenario)).toMatch(/^[\x21-\x7e]+$/);
      expect(header(scenario, 'authorization')).toBe(expectedAuthorization(scenario));
    },
  ],
  [
    'hooks of the resource client do not see the token request, or see it redacted',
    (scenario) => {
      expect(tokenRequests(scenario)).toHaveLength(1);
      expect(new Set(scenario.watched.map(({ url }) => url))).toEqual(new Set(['https://api.example/v1/orders/42']));
      for (const { headers } of scenario.watched) expect(JSON.stringify([...headers])).not.toMatch(/CANARY|Basic/);
      scenario.hides(scenario.watched);
    },
  ],
  [/^(redirect|cache|credentials|referrerPolicy)=(.+)$/, expectOption],
];

const getPath = ({ url }: SeenRequest): string => new URL(url).pathname;

function expectOption(scenario: ScenarioResult, name: string | undefined, value: string | undefined): void {
  expect({ [name ?? '']: Reflect.get(requestOptions(scenario), name ?? '') }).toEqual({ [name ?? '']: value });
}

/** Expects that calls were made and no request arrived. */
function expectNoCall(scenario: ScenarioResult): void {
  expect(resourceRequests(scenario)).toEqual([]);
  if (scenario.client !== undefined)
    expect(scenario.calls.map(({ error }) => error)).toEqual(scenario.calls.map(() => expect.any(Error)));
}

function expectCarried(scenario: ScenarioResult, value: string | undefined): void {
  const carried = resourceRequests(scenario).map(({ headers }) => headers.get('authorization'));
  expect(carried).toEqual(scenario.calls.map(() => value));
  expect(carried.length).toBeGreaterThan(0);
}
