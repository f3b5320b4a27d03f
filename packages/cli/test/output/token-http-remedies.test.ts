import { readFileSync } from 'node:fs';
import { TokenHttpError } from '@bearings/oauth-bearer';
import { expect, test } from 'vitest';
import { tokenErrorCause, tokenErrorRemedy } from '../../src/output/token-remedies.ts';

const endpoint = 'https://id.internal/token';
const refusal = (status: number, oauthError: string, oauthErrorDescription: string) =>
  new TokenHttpError({ endpoint, status, oauthError, oauthErrorDescription });

const app = "'6731de76-14a6-49ae-97bc-6eba6914391e'";

test.each([
  [
    401,
    'invalid_client',
    `AADSTS7000222: The provided client secret keys for app ${app} are expired. Visit the Azure portal to create new keys`,
    'Create a new secret',
  ],
  [401, 'invalid_client', 'The client secret has expired', 'Create a new secret'],
  [
    401,
    'invalid_client',
    'AADSTS7000215: Invalid client secret provided. Ensure the secret being sent is the client secret value, not the client secret ID',
    'Put the value of the secret',
  ],
  [
    401,
    'invalid_client',
    'AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application',
    'Check assertionAudience',
  ],
  [
    401,
    'invalid_client',
    'AADSTS700024: Client assertion is not within its valid time range',
    'Check assertionAudience',
  ],
  [
    400,
    'unauthorized_client',
    `AADSTS700016: Application with identifier ${app} was not found in the directory 'Contoso'`,
    'Correct clientId',
  ],
  [400, 'invalid_request', "AADSTS90002: Tenant 'nope' not found", 'Correct the tenant'],
  [400, 'unauthorized_client', `AADSTS7000112: Application ${app} is disabled`, 'Enable the client'],
  [
    401,
    'invalid_client',
    'AADSTS7000218: The request body must contain: client_assertion or client_secret',
    'Set clientAuthMethod',
  ],
  [
    400,
    'invalid_scope',
    'AADSTS1002012: The provided value for scope api://x/read is not valid',
    'Correct scopes: Entra takes',
  ],
  [
    400,
    'access_denied',
    'AADSTS53003: Access has been blocked by Conditional Access policies',
    'in the access policies',
  ],
  [401, 'access_denied', 'Unauthorized', 'Check clientId, the secret or key'],
  [
    403,
    'access_denied',
    'Client is not authorized to access "https://api.example". You need to create a "client-grant"',
    'Allow the API for this client',
  ],
  [
    403,
    'access_denied',
    'No audience parameter was provided, and no default audience has been configured',
    'Set audience',
  ],
  [401, 'unauthorized_client', 'Invalid client or Invalid client credentials', 'Check clientId, the secret or key'],
  [401, 'unauthorized_client', 'Client not enabled to retrieve service account', 'Allow the client credentials grant'],
  [
    401,
    'invalid_client',
    'The client secret supplied for a confidential client is invalid.',
    'Check clientId, the sec',
  ],
  [
    401,
    'invalid_client',
    'The audience claim for client_assertion must be the endpoint invoked for the request.',
    'Check assertionAudience',
  ],
  [400, 'invalid_dpop_proof', 'The DPoP proof JWT header is missing.', 'Set dpop in auth'],
  [400, 'access_denied', 'Policy evaluation failed for this request', 'in the access policies'],
  [401, 'invalid_client', 'Invalid key', 'Check clientId, the secret or key'],
  [400, 'invalid_dpop_proof', 'DPoP proof htu mismatch', 'Check the clock'],
  [400, 'invalid_grant', 'Invalid JWT Signature.', 'Check assertionAudience'],
])('%d %s (%s): %s', (...[status, code, words, remedy]) => {
  expect(tokenErrorRemedy(refusal(status, code, words))).toContain(remedy);
});

test('a client that is refused with few words gets the remedy of the way in which it authenticates', () => {
  const refused = refusal(401, 'invalid_client', 'client authentication failed');

  expect(tokenErrorRemedy(refused, { usesAssertion: true })).toContain('Check assertionAudience');
  expect(tokenErrorRemedy(refused, { usesAssertion: false })).toContain('Check clientId, the secret');
  expect(tokenErrorRemedy(refused)).toContain('Check clientId, the secret');
});

test.each([
  [
    undefined,
    'unauthorized_client',
    '',
    'Allow the client credentials grant for this client (Keycloak: service accounts)',
  ],
  ['token_exchange', 'unauthorized_client', '', 'Allow the token exchange grant for this client'],
  ['token_exchange', 'unsupported_grant_type', '', 'this server does not support the token exchange grant'],
  ['jwt_bearer', 'unsupported_grant_type', '', 'this server does not support the JWT bearer grant'],
  ['jwt_bearer', 'invalid_grant', 'Invalid JWT Signature.', 'Check audience, keyId, issuer and subject of grant'],
  ['google_service_account', 'invalid_grant', 'Invalid JWT Signature.', 'the key behind serviceAccountKeyRef'],
  ['client_credentials', 'invalid_client', 'Invalid JWT Signature.', 'Check assertionAudience'],
] as const)('for the grant %s, %s (%s) says: %s', (...row) => {
  const [grant, error, words, expected] = row;
  expect(tokenErrorRemedy(refusal(400, error, words), { grant })).toContain(expected);
});

test('a DPoP client whose proof is refused is not asked to set dpop', () => {
  const refused = refusal(400, 'invalid_dpop_proof', 'iat is not acceptable');

  expect(tokenErrorRemedy(refused, { usesDpop: true })).toContain('Check the clock');
  expect(tokenErrorRemedy(refused, { usesDpop: false })).toContain('Set dpop in auth');
});

interface Recorded {
  readonly id: string;
  readonly status: number;
  readonly body: string;
}

/** What token endpoints of 34 servers answer: see the test of the package that reads them. */
const file = new URL('../../../oauth-bearer/test/sources/recorded-answers.jsonl', import.meta.url);

function parseRecorded(line: string): Recorded {
  const parsed: Recorded = JSON.parse(line);
  return parsed;
}

/** As `Token` reads it: the code when it is one, and the words beside it. */
function readError({ status, body }: Recorded): TokenHttpError {
  let members: { error?: unknown; error_description?: unknown } = {};
  try {
    members = Object(JSON.parse(body));
  } catch {
    // not JSON
  }
  const isCode = typeof members.error === 'string' && /^[\w.:-]{1,60}$/.test(members.error);
  const words = isCode && typeof members.error_description === 'string' ? members.error_description : undefined;
  const oauthErrorDescription = words?.replaceAll(/\s+/g, ' ').replace(/Neutral text.*$/, '…');
  return new TokenHttpError({
    endpoint,
    status,
    oauthError: isCode ? String(members.error) : undefined,
    oauthErrorDescription,
  });
}

/** Answers to other grants, and to requests that Bearings does not send. */
const otherGrants = /\/(?:code|refresh|device|body|missing-grant|grant-password|mfa|b2c)/;

test('the remedies for what token endpoints of 34 servers answer', async () => {
  const recorded = readFileSync(file, 'utf8').trim().split('\n').map(parseRecorded);
  const errors = recorded.filter(({ id, status }) => status >= 300 && !otherGrants.test(id));

  const lines = errors.flatMap((answer) => {
    const error = readError(answer);
    return [`${answer.id}: ${tokenErrorCause(error)}`, `  → ${tokenErrorRemedy(error)}`];
  });

  expect(errors.length).toBeGreaterThan(60);
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../golden/token-remedies.txt');
});
