import { createHash } from 'node:crypto';
import { fakeBrowser, fakeIssuer } from '@bearings/testing';
import { expect, test } from 'vitest';

const redirectUri = 'https://app.test/callback';
const verifier = 'a-code-verifier-of-at-least-43-characters-0';
const code_challenge = createHash('sha256').update(verifier).digest('base64url');

test('alice consents, denies the next time, and her browser comes back each time', async () => {
  const issuer = fakeIssuer({ clients: [{ clientId: 'app', redirectUris: [redirectUri] }] });
  const browser = fakeBrowser(issuer.fetch);
  const params = { client_id: 'app', redirect_uri: redirectUri, response_type: 'code', scope: 'calendar.read' };
  const query = new URLSearchParams({ ...params, state: 's1', code_challenge, code_challenge_method: 'S256' });
  const link = `${issuer.issuerUrl}/authorize?${query}`;

  const approved = await browser.open(link, { stopBefore: redirectUri });
  issuer.consent = 'deny';
  const denied = await browser.open(link, { stopBefore: redirectUri });

  expect(approved.redirect).toMatch(/[?&]code=/);
  expect(denied.redirect).toMatch(/[?&]error=access_denied/);
});
