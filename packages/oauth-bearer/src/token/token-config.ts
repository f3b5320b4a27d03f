import { systemClock } from '@bearings/client';
import { isSecure } from '@bearings/client/layer';
import type { Clock } from '@bearings/client';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { readCredential } from '../client-auth/credential.ts';
import type { Credential, CredentialConfig } from '../client-auth/credential.ts';
import { TokenConfigError } from '../errors.ts';
import type { RenewalTiming } from './renewal-schedule.ts';

/** What a token is asked for with, and how it is kept. */
export interface TokenConfig extends CredentialConfig {
  /** The issuer, whose token endpoint is discovered once. Either this or `tokenEndpoint`. */
  readonly issuerUrl?: string | undefined;
  /** The token endpoint itself: https, or http on loopback. */
  readonly tokenEndpoint?: string | undefined;
  readonly clientId: string;
  /** Default: none are asked for; the server grants what it sees fit. */
  readonly scopes?: readonly string[];
  /** Whom the token is for, as some servers want it named. */
  readonly audience?: string | undefined;
  /** The resource, or resources, the token is for (RFC 8707). */
  readonly resource?: string | readonly string[] | undefined;
  /** Further parameters of the token request. */
  readonly extraParams?: Readonly<Record<string, string>>;
  /** Further headers of the token request. */
  readonly extraHeaders?: Readonly<Record<string, string>>;
  /** How long before its end a token is renewed. Default: 30 min, but never in the first half of its life. */
  readonly refreshOffsetMs?: number;
  /** By how much the renewal may come earlier, at random. Default: 5 min, but at most a tenth of the life. */
  readonly jitterMaxMs?: number;
  /** The least time between two renewals ahead, or two rotations in a row. Default: 10 s. */
  readonly minRefreshPeriodMs?: number;
  /** The life of a token whose answer has no `expires_in`. Default: 5 min. */
  readonly defaultTtlMs?: number;
  /** The most one acquisition may take: discovery, secret, token request and its retries. Default: 30 s. */
  readonly acquireTimeoutMs?: number;
  /** `eager` has a token before `Token.create` answers; `lazy` asks when it is first needed. Default: `eager`. */
  readonly start?: 'eager' | 'lazy';
  /**
   * How long an eager start goes on trying when the server fails in a way that may pass. Default: 0, so that the first
   * failed acquisition is what `Token.create` answers with.
   */
  readonly startWaitMs?: number;
  /** Allows `http:` beyond loopback for issuer and endpoint. Default: false. */
  readonly insecureHttp?: boolean;
  /** The network. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** The time. Default: the system's. */
  readonly clock?: Clock;
  /** A number in [0, 1), for jitter. Default: `Math.random`. */
  readonly random?: () => number;
}

/** A config, checked, copied, with every default in place. */
export interface TokenSettings extends RenewalTiming {
  readonly server: { readonly issuerUrl: string } | { readonly tokenEndpoint: string };
  readonly clientId: string;
  readonly credential: Credential;
  readonly scopes: readonly string[];
  /** All parameters but those of the grant and of client authentication. */
  readonly params: readonly [string, string][];
  readonly headers: Readonly<Record<string, string>>;
  readonly defaultTtlMs: number;
  readonly acquireTimeoutMs: number;
  readonly isLazy: boolean;
  readonly startWaitMs: number;
  readonly insecureHttp: boolean;
  readonly fetch: typeof globalThis.fetch | undefined;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Checks a config before anything is sent; the error names the field and what would be right. */
export function readTokenConfig(config: TokenConfig): Result<TokenSettings, TokenConfigError> {
  try {
    return Ok(settle(config));
  } catch (cause) {
    if (cause instanceof TokenConfigError) return Err(cause);
    throw cause;
  }
}

function settle(config: TokenConfig): TokenSettings {
  const { scopes = [], extraHeaders = {}, insecureHttp = false, start = 'eager' } = config;
  mustBe(start === 'eager' || start === 'lazy', 'start', "must be 'eager' or 'lazy'");
  mustBe(config.acquireTimeoutMs !== 0, 'acquireTimeoutMs', 'must be milliseconds above 0');
  return {
    server: serverOf(config, insecureHttp),
    clientId: clientIdOf(config),
    credential: readCredential(config),
    scopes: scopesOf(scopes),
    params: paramsOf(config),
    headers: headersOf(extraHeaders),
    refreshOffsetMs: duration(config, 'refreshOffsetMs', 1_800_000),
    jitterMaxMs: duration(config, 'jitterMaxMs', 300_000),
    minRefreshPeriodMs: duration(config, 'minRefreshPeriodMs', 10_000),
    defaultTtlMs: duration(config, 'defaultTtlMs', 300_000),
    acquireTimeoutMs: duration(config, 'acquireTimeoutMs', 30_000),
    isLazy: start === 'lazy',
    startWaitMs: duration(config, 'startWaitMs', 0),
    insecureHttp,
    fetch: config.fetch,
    clock: config.clock ?? systemClock,
    random: config.random ?? Math.random,
  };
}

function mustBe(isRight: boolean, field: string, problem: string): void {
  if (!isRight) throw new TokenConfigError(field, problem);
}

function serverOf({ issuerUrl, tokenEndpoint }: TokenConfig, insecureHttp: boolean): TokenSettings['server'] {
  if (issuerUrl === undefined && tokenEndpoint === undefined) {
    throw new TokenConfigError('issuerUrl', 'or tokenEndpoint is missing: say where tokens come from');
  }
  if (issuerUrl !== undefined && tokenEndpoint !== undefined) {
    throw new TokenConfigError('issuerUrl', 'and tokenEndpoint are both set: give one of them');
  }
  const [field, value] = issuerUrl === undefined ? ['tokenEndpoint', tokenEndpoint] : ['issuerUrl', issuerUrl];
  const url = URL.parse(String(value));
  if (url === null) throw new TokenConfigError(field, 'must be an absolute URL, such as https://id.example/token');
  mustBe(url.username === '' && url.password === '', field, 'must not carry user and password');
  mustBe(!String(value).includes('#'), field, 'must not have a fragment');
  mustBe(
    isSecure(url) || (insecureHttp && url.protocol === 'http:'),
    field,
    `must be https (http on loopback apart), not ${url.protocol}//${url.host}`,
  );
  mustBe(issuerUrl === undefined || !issuerUrl.includes('?'), field, 'must not have a query');
  return issuerUrl === undefined ? { tokenEndpoint: String(tokenEndpoint) } : { issuerUrl };
}

function clientIdOf({ clientId, basicEncoding }: TokenConfig): string {
  mustBe(typeof clientId === 'string' && clientId.trim() !== '', 'clientId', 'must not be blank');
  mustBe(clientId.isWellFormed(), 'clientId', 'has half a surrogate pair, which has no UTF-8 form');
  const isAmbiguous = basicEncoding === 'raw' && clientId.includes(':');
  mustBe(!isAmbiguous, 'clientId', "must have no colon with basicEncoding 'raw': it would end where the colon is");
  return clientId;
}

/** RFC 6749 §3.3. */
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

function scopesOf(scopes: readonly string[]): readonly string[] {
  for (const scope of scopes) {
    const shown = JSON.stringify(scope);
    mustBe(
      scopeToken.test(scope),
      'scopes',
      `holds ${shown}: a scope has no space, quote or backslash (RFC 6749 §3.3)`,
    );
  }
  return [...scopes];
}

const reserved =
  /^(?:grant_type|client_id|client_secret|client_assertion|client_assertion_type|scope|audience|resource)$/;

function paramsOf({ scopes = [], audience, resource = [], extraParams = {} }: TokenConfig): [string, string][] {
  const resources = typeof resource === 'string' ? [resource] : resource;
  for (const each of resources) {
    const isRight = URL.canParse(each) && !each.includes('#');
    mustBe(isRight, 'resource', 'must be an absolute URI without a fragment (RFC 8707 §2)');
  }
  for (const name of Object.keys(extraParams)) {
    mustBe(!reserved.test(name), 'extraParams', `holds ${name}, which has a setting of its own`);
  }
  const params: [string, string][] = [];
  if (scopes.length > 0) params.push(['scope', scopes.join(' ')]);
  if (audience !== undefined) params.push(['audience', audience]);
  for (const each of resources) params.push(['resource', each]);
  return [...params, ...Object.entries(extraParams)];
}

function headersOf(extraHeaders: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const probe = new Headers();
  for (const [name, value] of Object.entries(extraHeaders)) {
    const isOurs = /^(?:authorization|content-type|accept)$/i.test(name);
    mustBe(!isOurs, 'extraHeaders', `holds ${name}, which the token request sets itself`);
    try {
      probe.set(name, value);
    } catch {
      throw new TokenConfigError(
        'extraHeaders',
        `holds ${JSON.stringify(name)}, whose name or value HTTP does not allow`,
      );
    }
  }
  return { ...extraHeaders };
}

type DurationField = Extract<keyof TokenConfig, `${string}Ms`>;

function duration(config: TokenConfig, field: DurationField, byDefault: number): number {
  const value: unknown = config[field] ?? byDefault;
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  const shown = typeof value === 'number' ? String(value) : typeof value;
  throw new TokenConfigError(field, `must be milliseconds from 0, not ${shown}`);
}
