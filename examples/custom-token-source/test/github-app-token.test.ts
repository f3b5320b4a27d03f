import { generateKeyPairSync } from 'node:crypto';
import { createClient } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import '@bearings/testing/vitest';
import { expect, test } from 'vitest';
import { githubAppToken } from '../src/github-app-token.ts';
import { startFakeGitHub } from './fake-github.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();

const app = { appId: '123', installationId: 7, privateKey: pem };

test('calls are made with an installation token', async () => {
  await using github = await startFakeGitHub(publicKey, '123');
  await using token = (await Token.from(githubAppToken({ ...app, apiUrl: github.url }))).unwrap();
  const api = createClient({ baseUrl: github.url }, withBearerAuth(token));

  const repositories = await api.get('installation/repositories').json();
  await api.get('installation/repositories').json();

  expect(repositories).toEqual({ total_count: 2 });
  expect(github.tokenRequests).toBe(1);
  expect(token.status()).toMatchObject({ state: 'fresh', generation: 1 });
});

test('a revoked token is replaced once, and the calls that it met succeed', async () => {
  await using github = await startFakeGitHub(publicKey, '123');
  await using token = (await Token.from(githubAppToken({ ...app, apiUrl: github.url }))).unwrap();
  const api = createClient({ baseUrl: github.url }, withBearerAuth(token));

  github.revoke();
  const calls = Array.from({ length: 20 }, () => api.get('installation/repositories').json());

  await expect(Promise.all(calls)).resolves.toHaveLength(20);
  expect(github.tokenRequests).toBe(2);
});

test('when the app was uninstalled, GitHub is not asked again', async () => {
  await using github = await startFakeGitHub(publicKey, '123');
  github.isInstalled = false;
  const source = githubAppToken({ ...app, apiUrl: github.url });
  await using token = (await Token.from(source, { start: 'lazy' })).unwrap();

  const failures = [await token.get(), await token.get()];

  for (const failure of failures) {
    expect(failure.unwrapErr()).toMatchObject({ code: 'TOKEN_HTTP', status: 404, kind: 'terminal', retryable: false });
  }
  expect(github.tokenRequests).toBe(1);
});

test("a key that is not the app's is a permanent failure, and is not shown", async () => {
  await using github = await startFakeGitHub(publicKey, '456');

  const created = await Token.from(githubAppToken({ ...app, apiUrl: github.url }));

  expect(created.unwrapErr()).toMatchObject({ code: 'TOKEN_HTTP', status: 401, kind: 'permanent' });
  expect(created.unwrapErr()).toHideSecrets([pem, 'eyJhbGci']);
});
