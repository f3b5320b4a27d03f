import type { TokenHttpResponse } from '@bearings/oauth-bearer/source';
import { expect, test } from 'vitest';
import { normalizeTokenResponse } from '../../src/providers/normalize-token-response.ts';
import { providers } from '../../src/providers.ts';
import type { Provider } from '../../src/index.ts';

const answer = (status: number, body: unknown): TokenHttpResponse => ({
  status,
  headers: new Headers({ 'content-type': 'application/json' }),
  text: typeof body === 'string' ? body : JSON.stringify(body),
  retryAfterMs: undefined,
});

/** What a provider's answer is read as: the status, and the error or the members. */
function read(provider: Provider, status: number, body: unknown): readonly [number, unknown] {
  const { status: seen, text } = normalizeTokenResponse(answer(status, body), provider);
  const members: Readonly<Record<string, unknown>> = JSON.parse(text);
  return [seen, members['error'] ?? members];
}

const githubDead = {
  error: 'bad_refresh_token',
  error_description: 'The refresh token passed is incorrect or expired.',
};
const salesforceLimit = { error: 'invalid_grant', error_description: 'login rate exceeded' };
const atlassianDead = { error: 'unauthorized_client', error_description: 'refresh_token is invalid' };
const auth0Dead = { error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' };
const hubspotDead = { status: 'BAD_REFRESH_TOKEN', message: 'missing or invalid refresh token', correlationId: '1' };
const notionDead = { object: 'error', status: 400, code: 'invalid_grant', message: 'this code has been revoked.' };

test.each<[string, Provider, number, unknown, readonly [number, string]]>([
  ['GitHub: a dead refresh token, with status 200', providers.githubApp, 200, githubDead, [400, 'invalid_grant']],
  ['GitHub: a used code', providers.githubApp, 200, { error: 'bad_verification_code' }, [400, 'invalid_grant']],
  [
    'GitHub: a wrong secret',
    providers.githubApp,
    200,
    { error: 'incorrect_client_credentials' },
    [401, 'invalid_client'],
  ],
  ['GitHub: a device that waits', providers.githubApp, 200, { error: 'slow_down', interval: 10 }, [400, 'slow_down']],
  [
    'Slack: a dead refresh token',
    providers.slack,
    200,
    { ok: false, error: 'invalid_refresh_token' },
    [400, 'invalid_grant'],
  ],
  [
    'Slack: an outage with status 200',
    providers.slack,
    200,
    { ok: false, error: 'internal_error' },
    [500, 'server_error'],
  ],
  [
    'Slack: too many requests',
    providers.slack,
    429,
    { ok: false, error: 'ratelimited' },
    [503, 'temporarily_unavailable'],
  ],
  ['Slack: a code that is not known here', providers.slack, 200, { ok: false, error: 'brand_new' }, [400, 'brand_new']],
  [
    'Salesforce: a limit that looks like a dead grant',
    providers.salesforce,
    400,
    salesforceLimit,
    [503, 'temporarily_unavailable'],
  ],
  ['Salesforce: a dead grant', providers.salesforce, 400, { error: 'invalid_grant' }, [400, 'invalid_grant']],
  ['Salesforce: an unknown client', providers.salesforce, 400, { error: 'invalid_client_id' }, [401, 'invalid_client']],
  ['Atlassian: a dead refresh token', providers.atlassian, 403, atlassianDead, [400, 'invalid_grant']],
  [
    'Atlassian: a client without this grant',
    providers.atlassian,
    403,
    { error: 'unauthorized_client' },
    [403, 'unauthorized_client'],
  ],
  ['Auth0: a dead refresh token', providers.auth0, 403, auth0Dead, [400, 'invalid_grant']],
  ['Auth0: a device that polls too fast', providers.auth0, 429, { error: 'slow_down' }, [400, 'slow_down']],
  [
    'Google: a device that waits',
    providers.google,
    428,
    { error: 'authorization_pending' },
    [400, 'authorization_pending'],
  ],
  ['HubSpot: a dead refresh token', providers.hubspot, 400, hubspotDead, [400, 'invalid_grant']],
  ['HubSpot: a wrong secret', providers.hubspot, 400, { status: 'BAD_CLIENT_SECRET' }, [401, 'invalid_client']],
  ['Notion: a dead refresh token', providers.notion, 400, notionDead, [400, 'invalid_grant']],
  ['Notion: a wrong secret', providers.notion, 401, { error: 'invalid_client' }, [401, 'invalid_client']],
  [
    'Dropbox: a code and a text in one',
    providers.dropbox,
    400,
    { error: 'invalid_client: Invalid client_id' },
    [400, 'invalid_client'],
  ],
  ['Entra: a user who must sign in', providers.entra, 400, { error: 'interaction_required' }, [400, 'invalid_grant']],
  [
    'Entra: a user who refuses a device',
    providers.entra,
    400,
    { error: 'authorization_declined' },
    [400, 'access_denied'],
  ],
  [
    'Entra: too many requests',
    providers.entra,
    429,
    { error: 'temporarily_unavailable' },
    [429, 'temporarily_unavailable'],
  ],
  ['an outage that sends a code', providers.oidc, 500, { error: 'invalid_grant' }, [500, 'invalid_grant']],
  ['a gateway that fails', providers.oidc, 502, { error: 'server_error' }, [502, 'server_error']],
])('%s is read as the standard error', (...[, provider, status, body, expected]) => {
  expect(read(provider, status, body)).toEqual(expected);
});

test('the token of a Slack user is read, not the token of the bot beside it', () => {
  const body = {
    ok: true,
    authed_user: { id: 'U1', scope: 'chat:write,users:read', access_token: 'xoxp-user', token_type: 'user' },
    scope: 'commands',
    token_type: 'bot',
    access_token: 'xoxb-bot',
    refresh_token: 'xoxe-bot',
    expires_in: 43_200,
    team: { id: 'T1' },
  };

  expect(read(providers.slack, 200, body)[1]).toMatchObject({
    access_token: 'xoxp-user',
    token_type: 'Bearer',
    scope: 'chat:write users:read',
    id: 'U1',
    team: { id: 'T1' },
  });
  expect(read(providers.slack, 200, body)[1]).not.toHaveProperty('refresh_token');
  expect(read(providers.slack, 200, body)[1]).not.toHaveProperty('expires_in');
});

test('the refresh of a Slack user is read, which has the token at the top', () => {
  const body = {
    ok: true,
    access_token: 'xoxe.xoxp-1',
    refresh_token: 'xoxe-2',
    expires_in: 43_200,
    token_type: 'user',
  };

  expect(read(providers.slack, 200, body)[1]).toMatchObject({ access_token: 'xoxe.xoxp-1', token_type: 'Bearer' });
});

test.each([
  ['HTML', '<html>'],
  ['an empty body', ''],
  ['a list', '[]'],
  ['null', 'null'],
  ['a number', '42'],
  ['an error that is an object', '{"error":{".tag":"expired"}}'],
])('%s stays as it is', (_name, text) => {
  const response = answer(503, text);

  expect(normalizeTokenResponse(response, providers.dropbox)).toEqual(response);
});

test('members of Object.prototype are not error codes', () => {
  expect(read(providers.slack, 200, { ok: false, error: 'constructor' })).toEqual([400, 'constructor']);
});
