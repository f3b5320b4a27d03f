import { expect, test } from 'vitest';
import { adaptResponse } from '../../src/connection/adapt-response.ts';
import type { Provider } from '../../src/providers/provider.ts';

const adapt = (body: unknown, provider: Provider = {}, status = 200): unknown => {
  const response = { status, headers: new Headers(), text: JSON.stringify(body), retryAfterMs: undefined };
  return JSON.parse(adaptResponse(response, provider).text);
};

test('tokens in a member of the response are moved to its top', () => {
  const body = { ok: true, authed_user: { id: 'U1', access_token: 'xoxp', scope: 'search:read' } };

  expect(adapt(body, { tokenPath: 'authed_user' })).toMatchObject({ access_token: 'xoxp', scope: 'search:read' });
});

test('scopes that are a list or separated by commas are separated by spaces', () => {
  expect(adapt({ scope: ['read', 'write'] })).toEqual({ scope: 'read write' });
  expect(adapt({ scope: 'read,write' }, { scopeSeparator: ',' })).toEqual({ scope: 'read write' });
  expect(adapt({ scope: 'a,b' })).toEqual({ scope: 'a,b' });
});

test('an error code in the status member is read as the error of an error response only', () => {
  expect(adapt({ status: 'BAD_REFRESH_TOKEN' }, {}, 400)).toMatchObject({ error: 'BAD_REFRESH_TOKEN' });
  expect(adapt({ status: 'OK' })).toEqual({ status: 'OK' });
});

test('a response that is not a JSON object is left as it is', () => {
  const response = { status: 400, headers: new Headers(), text: '', retryAfterMs: undefined };

  expect(adaptResponse(response, { tokenPath: 'authed_user' })).toBe(response);
});
