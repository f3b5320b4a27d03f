import { assert, oneof, property, string, stringMatching, webUrl } from 'fast-check';
import { expect, test } from 'vitest';
import { checkReturnTo } from '../../src/consent/check-return-to.ts';
import { startFlow, testApp } from './test-app.ts';

test.each([
  'https://evil.test/',
  '//evil.test',
  '/\\evil.test',
  '\\evil.test',
  '\\\\evil.test',
  '/\t/evil.test',
  '/\n/evil.test',
  ' /settings',
  '/a b',
  '/a\\b',
  '/ä',
  'settings',
  '',
  'javascript:alert(1)',
  `/${'a'.repeat(2_000)}`,
  42,
  null,
])('authorize refuses to return to %j, and writes nothing', async (returnTo) => {
  const app = await testApp();

  const failure = app.authorize({ user: 'alice', connection: 'mail', returnTo: returnTo as string });

  await expect(failure).rejects.toMatchObject({ code: 'USER_TOKENS_CONFIG', field: 'returnTo' });
  const flows = await app.store.listPendingFlows({ tenant: '', user: 'alice', connection: 'mail' });
  expect(flows).toEqual([]);
});

test.each(['/', '/settings', '/settings?tab=2&x=//y#part', '/a//b', '/.//evil.test', '/..//evil.test'])(
  'the browser returns to %s on the own origin',
  async (returnTo) => {
    const app = await testApp();

    const page = await app.signIn('alice').open((await startFlow(app, { returnTo })).url);

    expect(new URL(page.url).origin).toBe('https://app.test');
    expect(page.text).toBe('the application');
  },
);

test('whatever is accepted leads to the own origin, as a browser resolves it', () => {
  const path = stringMatching(/^[/\\]?[/\\.\t ]{0,3}[a-z:@?#%/\\.]{0,12}$/);

  assert(
    property(oneof(path, string(), webUrl()), (text) => {
      let accepted: string;
      try {
        accepted = checkReturnTo(text);
      } catch {
        return;
      }
      expect(new URL(accepted, 'https://app.test/oauth/callback/mail').origin).toBe('https://app.test');
    }),
    { numRuns: 2_000 },
  );
});
