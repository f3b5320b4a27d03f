import type { AccessToken } from '@bearings/oauth-bearer';
import { expect } from 'vitest';
import { isResourceRequest } from './example-servers.ts';
import type { Condition } from './conditions.ts';
import type { ScenarioResult } from './token-scenario.ts';

function requireToken({ first }: ScenarioResult): AccessToken {
  if (first.isErr()) throw first.error;
  return first.value;
}

function lifetimeSeconds(scenario: ScenarioResult): number {
  const { expiresAt, issuedAt } = requireToken(scenario);
  return (expiresAt - issuedAt) / 1_000;
}

function answered(scenario: ScenarioResult): Readonly<Record<string, unknown>> {
  return JSON.parse(scenario.entry.response?.body ?? '{}');
}

const defaultLifetimeSeconds = 300;
const longestLifetimeSeconds = 365 * 24 * 3_600;

/** Conditions on the token that a response gave. */
export const tokenConditions: readonly Condition[] = [
  [/^lifetime=(\d+)$/, (scenario, seconds) => expect(lifetimeSeconds(scenario)).toBe(Number(seconds))],
  [
    'lifetime=configured-default-or-unknown',
    (scenario) => {
      expect(scenario.config.defaultTtlMs).toBeUndefined();
      expect(lifetimeSeconds(scenario)).toBe(defaultLifetimeSeconds);
    },
  ],
  ['lifetime-capped', (scenario) => expect(lifetimeSeconds(scenario)).toBe(longestLifetimeSeconds)],
  [
    'unknown-ignored',
    (scenario) => expect(requireToken(scenario).secret.expose()).toBe(answered(scenario).access_token),
  ],
  [
    'token-opaque',
    (scenario) => {
      const carried = scenario.network.seen
        .filter(isResourceRequest)
        .map(({ headers }) => headers.get('authorization'));
      expect(carried).toEqual([`Bearer ${String(answered(scenario).access_token)}`]);
    },
  ],
  [
    'granted-scope-visible',
    (scenario) => {
      const granted = String(answered(scenario).scope);
      expect(requireToken(scenario).scopes).toEqual(granted === '' ? [] : granted.split(' '));
      expect(scenario.token?.status().scopes).toEqual(requireToken(scenario).scopes);
      expect(requireToken(scenario).scopes).not.toEqual(scenario.config.scopes);
    },
  ],
  [
    'granted-scope=requested-scope',
    (scenario) => {
      expect(answered(scenario).scope).toBeUndefined();
      expect(scenario.config.scopes?.length).toBeGreaterThan(0);
      expect(requireToken(scenario).scopes).toEqual(scenario.config.scopes);
    },
  ],
  ['not-rejected', (scenario) => expect(requireToken(scenario).secret.expose()).not.toBe('')],
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
