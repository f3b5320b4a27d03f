import { generateKeyPairSync } from 'node:crypto';
import { Token } from '@bearings/oauth-bearer';
import type { TokenConfig } from '@bearings/oauth-bearer';
import { fakeIssuer, faults, virtualClock } from '@bearings/testing';
import type { FakeIssuer, VirtualClock } from '@bearings/testing';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { expect } from 'vitest';
import { createCertificate } from '../../packages/testing/src/server/certificate.ts';
import type { Certificate } from '../../packages/testing/src/server/certificate.ts';
import { waitTurns } from './byte-server.ts';
import type { Entry } from './catalogue.ts';
import { exampleHosts, createNetwork } from './example-network.ts';
import type { NetworkOptions } from './example-network.ts';
import {
  validToken,
  isDiscoveryRequest,
  isTokenRequest,
  issuer,
  json,
  createServers,
  tokenEndpoint,
} from './example-servers.ts';
import { checkConditions } from './conditions.ts';
import { expectOutcome } from './outcome.ts';
import { replayArea } from './replay.ts';
import type { Replay, Run } from './replay.ts';
import { replayScenario } from './replay-scenario.ts';
import { closeScenario, runScenario } from './token-scenario.ts';

/** The credentials in the input of an entry. */
function readCredentials({ input }: Entry): Partial<TokenConfig> {
  const { clientId, clientSecret } = (input ?? {}) as Partial<TokenConfig>;
  return clientId === undefined || clientSecret === undefined ? {} : { clientId, clientSecret };
}

const asTheEntrySays: Run = (replay) => replayScenario({ config: readCredentials(replay.entry) })(replay);

/** Runs the entry once for each config. Each run must have the entry's outcome. */
function runEach(...configs: readonly Partial<TokenConfig>[]): Run {
  return async (replay) => {
    for (const config of configs) await replayScenario({ config })(replay);
  };
}

const dayMs = 86_400_000;

/** A server whose certificate is invalid for any reason is rejected. */
async function untrusted(replay: Replay): Promise<void> {
  const [trusted, stranger, elsewhere, expired] = await Promise.all([
    createCertificate(exampleHosts),
    createCertificate(exampleHosts),
    createCertificate(['other.example']),
    createCertificate(exampleHosts, Date.now() - dayMs),
  ]);
  const cases: readonly { readonly certificate: Certificate; readonly trust: string; readonly reason: string }[] = [
    { certificate: stranger, trust: trusted.cert, reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    { certificate: elsewhere, trust: elsewhere.cert, reason: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    { certificate: expired, trust: expired.cert, reason: 'CERT_HAS_EXPIRED' },
  ];
  for (const { reason, ...certified } of cases) await distrusted(replay, certified, reason);
}

async function distrusted(replay: Replay, certified: Partial<NetworkOptions>, reason: string): Promise<void> {
  await using network = await createNetwork({ answer: createServers(replay.entry), ...certified });

  const played = await runScenario(replay, network);

  expect(played.first.isErr() && played.first.error.cause).toMatchObject({ code: 'TLS', reason });
  expectOutcome(replay.entry.expect, played.first);
  await checkConditions(played);
  await closeScenario(played);
}

/** The server closes discovery's connection at the moment when the token request is sent on it. */
async function closedWhileIdle(replay: Replay): Promise<void> {
  await using network = await createNetwork({ answer: wellUnlessReused() });

  const played = await runScenario(replay, network, { config: { issuerUrl: issuer } });

  expect(network.seen.map(({ method }) => method)).toEqual(['GET', 'POST', 'POST', 'GET']);
  expectOutcome(replay.entry.expect, played.first);
  await checkConditions(played);
  await closeScenario(played);
}

function wellUnlessReused(): NetworkOptions['answer'] {
  let asked = 0;
  return (request) => {
    if (isDiscoveryRequest(request)) return json({ issuer, token_endpoint: tokenEndpoint });
    if (!isTokenRequest(request)) return json({});
    asked += 1;
    return asked === 1 ? { status: 200, headers: [], wire: { kind: 'reset-before-headers' } } : validToken();
  };
}

const rawSecret = 'p+s w%20r:d&=é';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** An issuer that authenticates the client by its key, and the assertions that it received. */
async function assertsItself({ hides }: Replay): Promise<void> {
  const clock = virtualClock();
  const idp = fakeIssuer({ clock, clients: [{ clientId: 'svc', publicKey: publicKey.export({ format: 'jwk' }) }] });
  idp.inject(faults.status(503), { times: 1 });
  const config = { ...idp.credentials, clientSecret: undefined, privateKey: pem, fetch: idp.fetch, clock };
  const token = (await Token.create({ ...config, random: () => 0, start: 'lazy' })).unwrap();

  const [answer] = await Promise.all([token.get(), answeredTwice(idp, clock)]);

  expect(hides(answer).isOk()).toBe(true);
  const sent = idp.requests.filter(({ endpoint }) => endpoint === 'token');
  const claims = sent.map((request) => decodeJwt(request.params('client_assertion')[0] ?? ''));
  for (const { iss, sub, aud, exp = Infinity } of claims) {
    expect({ iss, sub, aud }).toEqual({ iss: 'svc', sub: 'svc', aud: idp.issuerUrl });
    expect(exp).toBeLessThanOrEqual(clock.now() / 1_000 + 120);
  }
  expect(new Set(claims.map(({ jti }) => jti)).size).toBe(2);
  for (const request of sent) {
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    expect(request.params('client_assertion_type')).toEqual([type]);
    expect(request.params('client_secret')).toEqual([]);
    const header = decodeProtectedHeader(request.params('client_assertion')[0] ?? '');
    expect(header).toEqual({ alg: 'ES256', typ: 'JWT' });
  }
  await token.close();
}

/** Signing runs in a thread and takes real time. Virtual time stands at the retry, so that no limit is exceeded. */
async function answeredTwice(idp: FakeIssuer, clock: VirtualClock): Promise<void> {
  for (; idp.counts.token < 2; await waitTurns(1)) await clock.advance(0);
}

replayArea(
  'token-transport',
  {
    'TT-005': runEach({ clientId: 'svc odd', clientSecret: rawSecret, basicEncoding: 'raw' }),
    'TT-007': runEach({ privateKey: pem }),
    'TT-008': runEach({ scopes: ['svc:read', 'svc:write'] }),
    'TT-010': runEach({ resource: ['https://api.example/a', 'https://api.example/b'] }),
    'TT-012': runEach({ extraParams: { grant_type: 'password' } }, { extraParams: { client_secret: 'cs_CANARY_2' } }),
    'TT-013': runEach({ tokenEndpoint: 'http://as.example/token' }),
    'TT-014': untrusted,
    'TT-018': closedWhileIdle,
    'TT-019': runEach({ clientSecret: 'cs_CANARY_\uD800' }, { clientSecret: '\uDC00cs_CANARY' }),
    'TT-021': assertsItself,
    'TT-025': runEach(
      { clientSecret: undefined, privateKey: { kty: 'oct', k: 'Y3NfQ0FOQVJZ' } },
      { clientSecret: undefined, privateKey: pem, signingAlg: 'none' },
    ),
  },
  asTheEntrySays,
);
