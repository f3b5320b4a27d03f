import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { virtualClock } from '@bearings/testing';
import type { TokenError } from '../../src/errors.ts';
import { ClientCredentials } from '../../src/sources/client-credentials.ts';
import type { IssuedToken } from '../../src/sources/token-source.ts';
import { readTokenConfig } from '../../src/token/token-config.ts';
import { clientSecret, configFor, fakeIssuer } from '../fake-issuer.ts';

/**
 * What token endpoints of 34 servers answer, as recorded or as published: each distinct answer of a server once, whatever the grant
 * was. Long runs of A stand for a token or key.
 */
interface Recorded {
  readonly id: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What a client with two secrets makes of it. */
  readonly outcome: string;
}

function parseCase(line: string): Recorded {
  const parsed: Recorded = JSON.parse(line);
  return parsed;
}

const recorded = readFileSync(new URL('recorded-answers.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map(parseCase);

const previous = 'cs_CANARY_previous';

/** What comes of a server that answers every request like this. */
async function outcome({ status, headers, body }: Recorded): Promise<string> {
  const answer = (): Response => new Response(status === 204 || body === '' ? null : body, { status, headers });
  const issuer = fakeIssuer(answer, answer);
  const config = configFor(issuer, {
    clock: virtualClock(),
    scopes: ['asked'],
    clientSecret: [clientSecret, previous],
    bearerTokenTypes: ['BearerToken'],
  });
  const source = new ClientCredentials(readTokenConfig(config).unwrap());
  const issued = await source.acquire({ signal: new AbortController().signal, isProbe: true });
  const secrets = issuer.asked.length === 2 ? ', after the other secret' : '';
  return `${issued.isOk() ? describeToken(issued.value) : describeError(issued.error)}${secrets}`;
}

const describeToken = ({ lifetimeMs, scopes = [] }: IssuedToken): string =>
  `token for ${lifetimeMs / 1_000} s: ${scopes.join(' ')}`;

function describeError(error: TokenError): string {
  expect(error).toHideSecrets([clientSecret, previous]);
  const name = 'oauthError' in error && error.oauthError !== undefined ? ` ${error.oauthError}` : '';
  const remedy = /^\w+/.exec(error.message.split('. Check ').at(-1) ?? '')?.[0];
  return `${error.kind} ${error.code}${name} (${error.message.includes('. Check ') ? `check ${remedy}` : 'no remedy'})`;
}

test.each(recorded)('$id gives its outcome', async (answer) => {
  expect(await outcome(answer)).toBe(answer.outcome);
});

test('the answers are of at least 30 servers', () => {
  expect(new Set(recorded.map(({ id }) => id.split('/')[0])).size).toBeGreaterThanOrEqual(30);
});
