import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { request } from '@octokit/request';
import { afterAll, expect, test } from 'vitest';
import { readBody, catchFailure, getClosedOrigin, guardedApi, sendJson } from './guarded-api.ts';

const api = await guardedApi(async (incoming, outgoing) => {
  if (incoming.url === '/slow') return;
  if (incoming.url === '/repos/o/r') return sendJson(outgoing, 200, { full_name: 'o/r' });
  if (incoming.method === 'GET') return sendJson(outgoing, 404, { message: 'Not Found' });
  const issue = JSON.parse(await readBody(incoming));
  sendJson(outgoing, issue.title === '' ? 500 : 201, issue.title === '' ? { message: 'Out of order' } : issue);
});
const token = await orThrow(Token.create(api.issuer.credentials));
const client = createClient({ baseUrl: api.origin }, withBearerAuth(token));
const github = request.defaults({ baseUrl: api.origin, request: { fetch: client.fetch } });

afterAll(async () => {
  await token.close();
  await api.close();
});

const repository = { owner: 'o', repo: 'r' };

test('a call has the token', async () => {
  const { data } = await github('GET /repos/{owner}/{repo}', repository);

  expect(data).toEqual({ full_name: 'o/r' });
  expect(api.seen()).toEqual(['GET /repos/o/r → 200']);
});

test('after a 401 a POST is replayed with its body', async () => {
  api.issuer.revoke();

  const { data } = await github('POST /repos/{owner}/{repo}/issues', { ...repository, title: 'Broken' });

  expect(data).toEqual({ title: 'Broken' });
  expect(api.seen()).toEqual(['POST /repos/o/r/issues → 401', 'POST /repos/o/r/issues → 201']);
});

test.each([
  [404, 'GET /missing'],
  [500, 'POST /issues'],
])('a %d gives the same error as with the global fetch', async (status, route) => {
  const plain = request.defaults({ baseUrl: api.openOrigin });

  const ours = await catchFailure(() => github(route, { title: '' }));
  const theirs = await catchFailure(() => plain(route, { title: '' }));

  expect(ours).toMatchObject({ name: 'HttpError', status });
  expect([Object.getPrototypeOf(ours), String(ours)]).toEqual([Object.getPrototypeOf(theirs), String(theirs)]);
});

test('a connection that fails is an error of octokit as with the global fetch, and its cause is ours', async () => {
  const baseUrl = await getClosedOrigin();
  const { fetch } = createClient({ baseUrl, retry: 0 });

  const ours = await catchFailure(() => request('GET /', { baseUrl, request: { fetch } }));
  const theirs = await catchFailure(() => request('GET /', { baseUrl }));

  expect([ours, theirs]).toMatchObject([
    { name: 'HttpError', status: 500, cause: { code: 'TRANSPORT', cause: { code: 'ECONNREFUSED' } } },
    { name: 'HttpError', status: 500, cause: { cause: { code: 'ECONNREFUSED' } } },
  ]);
});

test('an abort ends the call and closes the connection', async () => {
  const caller = new AbortController();
  const { arrived, disconnected: brokenOff } = api.watch('/slow');

  const call = github('GET /slow', { request: { fetch: client.fetch, signal: caller.signal } });
  await arrived;
  caller.abort();

  await expect(call).rejects.toBe(caller.signal.reason);
  await brokenOff;
});
