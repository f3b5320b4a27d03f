import type { KoaContextWithOIDC, Provider } from 'oidc-provider';

/** What a token endpoint saw. */
export interface TokenRequests {
  /** Authorization codes that it accepted: consents. */
  readonly codes: number;
  /** Refresh tokens that it accepted. */
  readonly refreshes: number;
  /** Refresh tokens that it got a second time. */
  readonly doubleRefreshes: number;
  /** Refresh tokens that it refused although their users had not withdrawn anything. */
  readonly lostGrants: number;
}

interface TokenRequestWatch {
  readonly seen: TokenRequests;
  /** From now on, the refresh tokens of an account are refused rightly. */
  expectRefusals(account: string): void;
}

/** Counts the token requests of a provider by its own events. */
export function watchTokenRequests(provider: Provider): TokenRequestWatch {
  const seen = { codes: 0, refreshes: 0, doubleRefreshes: 0, lostGrants: 0 };
  const accounts = new Map<string, string>();
  const used = new Set<string>();

  const use = ({ oidc }: KoaContextWithOIDC): string | undefined => {
    const token = oidc?.params?.['refresh_token'];
    if (typeof token !== 'string') return undefined;
    if (used.has(token)) seen.doubleRefreshes += 1;
    used.add(token);
    return token;
  };
  provider.on('grant.success', (context) => {
    if (use(context) === undefined) seen.codes += 1;
    else seen.refreshes += 1;
    const issued: unknown = Reflect.get(Object(context.body), 'refresh_token');
    if (typeof issued === 'string') accounts.set(issued, context.oidc.entities.Account?.accountId ?? '');
  });
  provider.on('grant.error', (context) => {
    const token = use(context);
    if (token !== undefined && accounts.has(token)) seen.lostGrants += 1;
  });
  return {
    seen,
    expectRefusals(account) {
      for (const [token, owner] of accounts) if (owner === account) accounts.delete(token);
    },
  };
}
