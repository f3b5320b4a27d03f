import type { AccessToken } from '@bearings/oauth-bearer';
import { expect } from 'vitest';
import { isResourceRequest } from './example-servers.ts';
import type { Hold } from './holds.ts';
import type { Scene } from './token-scene.ts';

function tokenOf({ first }: Scene): AccessToken {
  if (first.isErr()) throw first.error;
  return first.value;
}

function lifetimeSeconds(scene: Scene): number {
  const { expiresAt, issuedAt } = tokenOf(scene);
  return (expiresAt - issuedAt) / 1_000;
}

function answered(scene: Scene): Readonly<Record<string, unknown>> {
  return JSON.parse(scene.entry.response?.body ?? '{}');
}

const defaultLifetimeSeconds = 300;
const longestLifetimeSeconds = 365 * 24 * 3_600;

/** What the token is, that came of an answer. */
export const holdsOfTokens: readonly Hold[] = [
  [/^lifetime=(\d+)$/, (scene, seconds) => expect(lifetimeSeconds(scene)).toBe(Number(seconds))],
  [
    'lifetime=configured-default-or-unknown',
    (scene) => {
      expect(scene.config.defaultTtlMs).toBeUndefined();
      expect(lifetimeSeconds(scene)).toBe(defaultLifetimeSeconds);
    },
  ],
  ['lifetime-capped', (scene) => expect(lifetimeSeconds(scene)).toBe(longestLifetimeSeconds)],
  ['unknown-ignored', (scene) => expect(tokenOf(scene).secret.expose()).toBe(answered(scene).access_token)],
  [
    'token-opaque',
    (scene) => {
      const carried = scene.network.seen.filter(isResourceRequest).map(({ headers }) => headers.get('authorization'));
      expect(carried).toEqual([`Bearer ${String(answered(scene).access_token)}`]);
    },
  ],
  [
    'granted-scope-visible',
    (scene) => {
      const granted = String(answered(scene).scope);
      expect(tokenOf(scene).scopes).toEqual(granted === '' ? [] : granted.split(' '));
      expect(scene.token?.status().scopes).toEqual(tokenOf(scene).scopes);
      expect(tokenOf(scene).scopes).not.toEqual(scene.config.scopes);
    },
  ],
  [
    'granted-scope=requested-scope',
    (scene) => {
      expect(answered(scene).scope).toBeUndefined();
      expect(scene.config.scopes?.length).toBeGreaterThan(0);
      expect(tokenOf(scene).scopes).toEqual(scene.config.scopes);
    },
  ],
  ['not-rejected', (scene) => expect(tokenOf(scene).secret.expose()).not.toBe('')],
  [
    'client sees no error',
    ({ first, calls }) => {
      expect(first.isOk()).toBe(true);
      expect(calls.map(({ response }) => response?.status)).toEqual([200]);
    },
  ],
  [
    'token-served-at-least-once',
    ({ calls }) => expect(calls.filter(({ response }) => response?.ok).length).toBeGreaterThan(0),
  ],
];
