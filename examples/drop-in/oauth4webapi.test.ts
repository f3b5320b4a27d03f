import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import * as oauth from 'oauth4webapi';
import { afterAll, expect, test } from 'vitest';
import { readBody, catchFailure, guardedApi, sendJson } from './guarded-api.ts';

/** An introspection endpoint that requires a token of the caller (RFC 7662 §2.1). */
const api = await guardedApi(async (incoming, outgoing) => {
  const given = new URLSearchParams(await readBody(incoming)).get('token');
  if (given === 'slow') return;
  if (given === 'broken') return sendJson(outgoing, 500, { error: 'server_error' });
  sendJson(outgoing, 200, { active: given === 'good' });
});
const token = await orThrow(Token.create(api.issuer.credentials));
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

test('a call has the token', async () => {
  expect([await isActive('good'), await isActive('bad')]).toEqual([true, false]);
  expect(api.seen()).toEqual(['POST /introspect → 200', 'POST /introspect → 200']);
});

test('after a 401 a call is replayed with its form', async () => {
  api.issuer.revoke();

  expect(await isActive('good')).toBe(true);
  expect(api.seen()).toEqual(['POST /introspect → 401', 'POST /introspect → 200']);
});

test('a 500 gives the same error as with the global fetch', async () => {
  const plain = serverAt(api.openOrigin);
  const options = { [oauth.allowInsecureRequests]: true };

  const ours = await catchFailure(() => isActive('broken'));
  const theirs = await catchFailure(async () => {
    const response = await oauth.introspectionRequest(plain, me, oauth.None(), 'broken', options);
    return oauth.processIntrospectionResponse(plain, me, response);
  });

  expect(ours).toBeInstanceOf(oauth.OperationProcessingError);
  expect([Object.getPrototypeOf(ours), String(ours)]).toEqual([Object.getPrototypeOf(theirs), String(theirs)]);
});

test('an abort ends the call and closes the connection', async () => {
  const caller = new AbortController();
  const { arrived, disconnected: brokenOff } = api.watch('/introspect');

  const call = isActive('slow', caller.signal);
  await arrived;
  caller.abort(new Error('the user left'));

  await expect(call).rejects.toBe(caller.signal.reason);
  await brokenOff;
});
