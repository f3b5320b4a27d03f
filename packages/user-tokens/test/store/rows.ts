import { randomUUID } from 'node:crypto';
import type { GrantContent, NewFlow, NewGrant } from '@bearings/user-tokens';

/** Content as consent and refresh write it; the seal is not opened. */
export const content = (changes: Partial<GrantContent> = {}): GrantContent => ({
  issuer: 'https://id.test',
  clientId: 'app',
  scopes: ['mail.read'],
  accessLifetimeMs: 60_000,
  refreshLifetimeMs: Infinity,
  hasRefreshToken: true,
  sealed: Uint8Array.of(1, 2, 3),
  keyId: 'k1',
  ...changes,
});

export const grant = (changes: Partial<NewGrant> = {}): NewGrant => ({
  ...content(),
  id: randomUUID(),
  tenant: '',
  user: 'alice',
  connection: 'mail',
  account: 'alice@mail.test',
  ...changes,
});

export const flow = (changes: Partial<NewFlow> = {}): NewFlow => ({
  id: randomUUID(),
  stateHash: randomUUID(),
  tenant: '',
  user: 'alice',
  connection: 'mail',
  account: '',
  kind: 'code',
  issuer: 'https://id.test',
  redirectUri: 'https://app.test/oauth/callback/mail',
  scopes: ['mail.read'],
  returnTo: '/settings',
  lifetimeMs: 600_000,
  sealed: Uint8Array.of(4, 5),
  keyId: 'k1',
  ...changes,
});
