import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { replay } from './replay.ts';
import { runFixture } from './run-fixture.ts';

replay('LC-011', async ({ hides }) => {
  const run = await runFixture('many-callers.ts', { node: ['--no-warnings=false', '--pending-deprecation'] });

  const { requests, seen, careless } = JSON.parse(run.stdout);
  expect(run.exit).toBe(0);
  expect(requests).toBeGreaterThan(150);
  expect(seen).toEqual([]);
  expect(careless).toEqual(['TimeoutOverflowWarning']); // proof that the fixture receives warnings
  hides(run);
});

replay('LC-013', async ({ hides }) => {
  const run = await runFixture('two-copies.ts');

  expect(run).toMatchObject({ exit: 0, stderr: '' });
  expect(JSON.parse(run.stdout)).toEqual({
    areTwo: true,
    config: true,
    unavailable: true,
    transport: true,
    line: 'order 42: GET https://api.example/: no answer: the connection failed (TRANSPORT)',
  });
  hides(run);
});

replay('LC-015', async ({ hides }) => {
  const runs = [[], ['undici']].map((args) => runFixture('fetch-results.ts', { args }));
  const [native, undici] = await Promise.all(runs);

  const [ofNative, ofUndici] = [native, undici].map((run) => JSON.parse(run?.stdout ?? ''));
  expect([ofNative.isUndici, ofUndici.isUndici]).toEqual([false, true]);
  expect(ofUndici.seen).toEqual(ofNative.seen);
  expect([ofNative.warnings, ofUndici.warnings]).toEqual([[], []]);
  expect([native?.stderr, undici?.stderr]).toEqual(['', '']);
  expect(listCodes(ofNative.seen)).toEqual({
    'an issuer of another name': 'INVALID_TOKEN_RESPONSE',
    'a call': 'ok',
    'a call with a body': 'ok',
    'a 401': 'ok',
    'a 503': 'ok',
    'a 500 in the end': 'HTTP_STATUS',
    'no answer': 'ATTEMPT_TIMEOUT',
    'a caller who gives up': 'RangeError',
    'a reset': 'TRANSPORT',
    'a body that breaks off': 'TRANSPORT',
    'a body that is too large': 'BODY_TOO_LARGE',
    'a redirect elsewhere': 'REDIRECT_BLOCKED',
    'another origin': 'DESTINATION_NOT_ALLOWED',
    'a URL with a password': 'INVALID_URL',
    'a header that is none': 'INVALID_HEADER',
    'a wrong secret': 'TOKEN_HTTP',
    'an issuer that is down': 'TOKEN_UNAVAILABLE',
    'an answer that is no token': 'INVALID_TOKEN_RESPONSE',
  });
  expect(ofNative.elsewhere).toBe(0);
  for (const name of ['client', 'oidc-discovery', 'oauth-bearer', 'testing']) {
    const manifest = JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8'));
    expect(manifest.engines).toEqual({ node: '>=22.13.0' });
  }
  hides([native, undici]);
});

interface Seen {
  readonly result: { readonly name?: string; readonly code?: string };
}

function listCodes(seen: Readonly<Record<string, Seen>>): Readonly<Record<string, string>> {
  const codes = Object.entries(seen).map(([name, { result }]) => [name, result.code ?? result.name ?? 'ok']);
  return Object.fromEntries(codes);
}
