import { createClient } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import * as oauth from 'oauth4webapi';
import { afterAll, expect, test } from 'vitest';
import { bodyOf, failureOf, guardedApi, sendJson } from './guarded-api.ts';

/** An introspection endpoint that asks its callers for a token of their own (RFC 7662 §2.1). */
const api = await guardedApi(async (incoming, outgoing) => {
  const given = new URLSearchParams(await bodyOf(incoming)).get('token');
  if (given === 'slow') return;
  if (given === 'broken') return sendJson(outgoing, 500, { error: 'server_error' });
  sendJson(outgoing, 200, { active: given === 'good' });
});
const token = (await Token.create(api.issuer.credentials)).unwrap();
const client = createClient({ baseUrl: api.origin }, withBearerAuth(token));
const serverAt = (origin: string) => ({ issuer: origin, introspection_endpoint: `${origin}/introspect` });
const me = { client_id: 'orders' };

async function isActive(given: string, signal?: AbortSignal): Promise<boolean> {
  const options = { [oauth.customFetch]: client.fetch, [oauth.allowInsecureRequests]: true, ...(signal && { signal }) };
  const server = serverAt(api.origin);
  const response = await oauth.introspectionRequest(server, me, oauth.None(), given, options);
  return (await oauth.processIntrospectionResponse(server, me, response)).active;
}

afterAll(async () => {
  await token.close();
  await api.close();
});

test('a call carries the token', async () => {
  expect([await isActive('good'), await isActive('bad')]).toEqual([true, false]);
  expect(api.seen()).toEqual(['POST /introspect → 200', 'POST /introspect → 200']);
});

test('a call whose token was revoked is sent again with its form', async () => {
  api.issuer.revoke();

  expect(await isActive('good')).toBe(true);
  expect(api.seen()).toEqual(['POST /introspect → 401', 'POST /introspect → 200']);
});

test('a 500 is the error that it is with the global fetch', async () => {
  const plain = serverAt(api.openOrigin);
  const options = { [oauth.allowInsecureRequests]: true };

  const ours = await failureOf(() => isActive('broken'));
  const theirs = await failureOf(async () => {
    const response = await oauth.introspectionRequest(plain, me, oauth.None(), 'broken', options);
    return oauth.processIntrospectionResponse(plain, me, response);
  });

  expect(ours).toBeInstanceOf(oauth.OperationProcessingError);
  expect([Object.getPrototypeOf(ours), String(ours)]).toEqual([Object.getPrototypeOf(theirs), String(theirs)]);
});

test('an abort ends the call, and the server sees it', async () => {
  const caller = new AbortController();
  const { arrived, brokenOff } = api.watch('/introspect');

  const call = isActive('slow', caller.signal);
  await arrived;
  caller.abort(new Error('the user left'));

  await expect(call).rejects.toBe(caller.signal.reason);
  await brokenOff;
});
