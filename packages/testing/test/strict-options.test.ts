import { expect, test } from 'vitest';
import { fakeApi, fakeBrowser, fakeIssuer, faults, virtualClock } from '../src/index.ts';

/** Passes options that TypeScript refuses, as JavaScript or a spread object may. */
const untyped = (options: object): object => options;

test.each<[string, () => unknown]>([
  ['tokenLifetime', () => fakeIssuer(untyped({ tokenLifetime: 60 }))],
  ['tokenLifetimeMs', () => fakeIssuer(untyped({ tokenLifetimeMs: '60' }))],
  ['clients.clientID', () => fakeIssuer(untyped({ clients: [{ clientId: 'a', clientID: 'a' }] }))],
  ['rotation', () => fakeIssuer(untyped({ rotation: 'stric' }))],
  ['rotation.grace', () => fakeIssuer(untyped({ rotation: { grace: 1 } }))],
  ['offline.scopes', () => fakeIssuer(untyped({ offline: { scopes: ['a'] } }))],
  ['consent.acount', () => fakeIssuer(untyped({ consent: { acount: 'bob' } }))],
  ['consent.acount', () => Object.assign(fakeIssuer(), { consent: { acount: 'bob' } })],
  ['clock', () => fakeBrowser(fetch, untyped({ clock: Date.now }))],
  ['audiences', () => fakeApi(fakeIssuer(), undefined, untyped({ audiences: ['a'] }))],
  [
    'GET /.scope',
    () => fakeApi(fakeIssuer(), { 'GET /': { scopes: [], answer: () => ({}), ...untyped({ scope: ['a'] }) } }),
  ],
  ['time', () => fakeIssuer().inject(faults.empty(), untyped({ time: 1 }))],
  ['startAtMs', () => virtualClock(untyped({ startAtMs: 0 }))],
])('an unknown or wrong option is refused: %s', (field, act) => {
  expect(act).toThrow(expect.objectContaining({ code: 'CONFIG', field }));
});

test('listen refuses an unknown option', async () => {
  await expect(fakeIssuer().listen(untyped({ TLS: true }))).rejects.toMatchObject({ code: 'CONFIG', field: 'TLS' });
});
