import type { Clock } from '@bearings/client';
import {
  assertOption,
  booleanRule,
  checkOptions,
  clockRule,
  functionRule,
  listRule,
  millisecondsRule,
  objectRule,
  oneOfRule,
  stringRule,
} from '@bearings/client/layer';
import type { OptionRule, OptionRules } from '@bearings/client/layer';
import type { VirtualClock } from '../clock/virtual-clock.ts';
import type { Consent, ConsentAnswer } from './consent.ts';
import type { IssuerQuirks } from './quirks/issuer-quirks.ts';
import { quirkRules } from './quirks/quirk-rules.ts';
import type { RegisteredClient } from './registered-client.ts';
import type { Rotation } from './state/refresh-tokens.ts';

/** Options of `fakeIssuer`. */
export interface FakeIssuerOptions {
  /** The issuer URL. `listen()` changes the origin, not the path. Default: `https://issuer.test`. */
  readonly issuerUrl?: string;
  /** The registered clients. Default: one client with `issuer.credentials`. */
  readonly clients?: readonly [RegisteredClient, ...RegisteredClient[]];
  /** The lifetime of access tokens, in milliseconds. Default: 1 h. */
  readonly tokenLifetimeMs?: number;
  /** `jwt`: signed (RFC 9068). `opaque`: text that only the issuer understands. Default: `jwt`. */
  readonly tokenFormat?: 'jwt' | 'opaque';
  /** The text of opaque tokens. `count` starts at 1. Default: `opaque-token-1` and so on. */
  readonly opaqueToken?: (count: number) => string;
  /** What happens to a refresh token when it is used. Default: `strict`. */
  readonly rotation?: Rotation;
  /** The lifetime of a refresh token, in milliseconds. Default: no end. */
  readonly refreshTokenLifetimeMs?: number;
  /** When a client gets a refresh token. Default: `always`. */
  readonly offline?: OfflineCondition;
  /** True if a refresh ends the earlier access tokens of the user, as at GitHub. Default: false. */
  readonly oldAccessTokenDiesOnRefresh?: boolean;
  /** What users answer when a client asks for consent. Default: `approve`. */
  readonly consent?: Consent;
  /** The claims of accounts, for ID tokens and userinfo. Default: any account, with an email address. */
  readonly accounts?: Readonly<Record<string, object>>;
  /** True if the authorization response has `iss` (RFC 9207). Default: true. */
  readonly sendsIss?: boolean;
  /** True if the metadata says that the authorization response has `iss`. Default: true. */
  readonly advertisesIss?: boolean;
  /** The shortest pause between two polls of a device, in milliseconds. Default: 5 s. */
  readonly deviceIntervalMs?: number;
  /** The lifetime of a device code, in milliseconds. Default: 10 min. */
  readonly deviceCodeLifetimeMs?: number;
  /** In what it differs from the standard. `fakeProvider` has those of known providers. Default: in nothing. */
  readonly quirks?: IssuerQuirks;
  /** The clock. Of a virtual clock, `serverTime` is used: the clock of the client may be wrong. Default: the system clock. */
  readonly clock?: Clock | VirtualClock;
}

/** When a client gets a refresh token: always, never, if it asks for a scope, or if it sends a parameter. */
export type OfflineCondition =
  | 'always'
  | 'never'
  | { readonly scope: string }
  | { readonly param: string; readonly value: string };

/** The options that the endpoints read, with their defaults. */
export type IssuerSettings = Required<
  Omit<FakeIssuerOptions, 'issuerUrl' | 'clients' | 'tokenFormat' | 'opaqueToken' | 'clock' | 'consent' | 'rotation'>
> & { readonly rotation: Rotation };

/** Reads the options of `fakeIssuer` that the endpoints use. */
export function readSettings(options: FakeIssuerOptions): IssuerSettings {
  return {
    tokenLifetimeMs: options.tokenLifetimeMs ?? 3_600_000,
    rotation: options.rotation ?? 'strict',
    refreshTokenLifetimeMs: options.refreshTokenLifetimeMs ?? Infinity,
    offline: options.offline ?? 'always',
    oldAccessTokenDiesOnRefresh: options.oldAccessTokenDiesOnRefresh ?? false,
    accounts: options.accounts ?? {},
    sendsIss: options.sendsIss ?? true,
    advertisesIss: options.advertisesIss ?? true,
    deviceIntervalMs: options.deviceIntervalMs ?? 5_000,
    deviceCodeLifetimeMs: options.deviceCodeLifetimeMs ?? 600_000,
    quirks: options.quirks ?? {},
  };
}

const modesOrObject = (modes: readonly string[], expected: string): OptionRule => ({
  test: (value) => modes.some((mode) => mode === value) || objectRule.test(value),
  expected,
});
const consentRule: OptionRule = {
  test: (value) => value === 'approve' || value === 'deny' || typeof value === 'function' || objectRule.test(value),
  expected: "'approve', 'deny', { account, scopes } or a function",
};

const rules: OptionRules<FakeIssuerOptions> = {
  issuerUrl: stringRule,
  clients: { test: (value) => listRule(objectRule).test(value), expected: 'a list of clients' },
  tokenLifetimeMs: millisecondsRule,
  tokenFormat: oneOfRule('jwt', 'opaque'),
  opaqueToken: functionRule,
  rotation: modesOrObject(['strict', 'none', 'race'], "'strict', 'none', 'race' or { graceMs }"),
  refreshTokenLifetimeMs: millisecondsRule,
  offline: modesOrObject(['always', 'never'], "'always', 'never', { scope } or { param, value }"),
  oldAccessTokenDiesOnRefresh: booleanRule,
  consent: consentRule,
  accounts: objectRule,
  sendsIss: booleanRule,
  advertisesIss: booleanRule,
  deviceIntervalMs: millisecondsRule,
  deviceCodeLifetimeMs: millisecondsRule,
  quirks: objectRule,
  clock: clockRule,
};
const clientRules: OptionRules<RegisteredClient> = {
  clientId: stringRule,
  clientSecret: {
    test: (value) => typeof value === 'string' || listRule(stringRule).test(value),
    expected: 'a string, or a list of strings',
    isSecret: true,
  },
  publicKey: objectRule,
  scopes: listRule(stringRule),
  redirectUris: listRule(stringRule),
};
const answerRules: OptionRules<ConsentAnswer> = { account: stringRule, scopes: listRule(stringRule) };
const offlineRules: OptionRules<{ scope?: string; param?: string; value?: string }> = {
  scope: stringRule,
  param: stringRule,
  value: stringRule,
};
const graceRules: OptionRules<{ readonly graceMs: number }> = { graceMs: millisecondsRule };

/** @throws ConfigError if it is not an answer of users */
export function checkConsent(consent: Consent, owner: string): void {
  assertOption('consent', consent, consentRule);
  if (typeof consent === 'object') checkOptions(consent, answerRules, { owner, within: 'consent' });
}

/** @throws ConfigError if an option is not valid */
export function checkIssuerOptions(options: FakeIssuerOptions): void {
  const owner = 'fakeIssuer';
  checkOptions(options, rules, { owner });
  if (typeof options.rotation === 'object') checkOptions(options.rotation, graceRules, { owner, within: 'rotation' });
  if (typeof options.offline === 'object') checkOptions(options.offline, offlineRules, { owner, within: 'offline' });
  if (options.quirks !== undefined) checkOptions(options.quirks, quirkRules, { owner, within: 'quirks' });
  if (options.consent !== undefined) checkConsent(options.consent, owner);
  for (const client of options.clients ?? []) checkOptions(client, clientRules, { owner, within: 'clients' });
}
