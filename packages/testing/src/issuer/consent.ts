/** A request for consent, as the user sees it. */
export interface ConsentRequest {
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** The account that is signed in at this browser. */
  readonly signedIn: string | undefined;
  /** The account that the client expects (`login_hint`). */
  readonly loginHint: string | undefined;
  /** All parameters of the authorization request. Empty for a device. */
  readonly params: URLSearchParams;
}

/** The answer of a user who consents. */
export interface ConsentAnswer {
  /** Default: `login_hint`, then the account that is signed in at this browser, then `alice`. */
  readonly account?: string;
  /** The granted scopes. Default: all requested scopes. */
  readonly scopes?: readonly string[];
}

/** What the user answers: the same each time, or a function of the request. */
export type Consent = 'approve' | 'deny' | ConsentAnswer | ((request: ConsentRequest) => ConsentDecision);

/** One answer. */
export type ConsentDecision = 'approve' | 'deny' | ConsentAnswer;

/** What the user decided, with defaults filled in. `undefined`: denied. */
export function decideConsent(consent: Consent, request: ConsentRequest): Required<ConsentAnswer> | undefined {
  const decision = typeof consent === 'function' ? consent(request) : consent;
  if (decision === 'deny') return undefined;
  const { account, scopes } = decision === 'approve' ? {} : decision;
  return {
    account: account ?? request.loginHint ?? request.signedIn ?? 'alice',
    scopes: scopes ?? request.scopes,
  };
}

const cookieName = 'fake-issuer-account';

/** The cookie by which a browser stays signed in. */
export function signInCookie(account: string): string {
  return `${cookieName}=${encodeURIComponent(account)}; Path=/; HttpOnly; SameSite=Lax`;
}

/** The account that is signed in at a browser. */
export function signedInAccount({ headers }: Request): string | undefined {
  const cookies = headers.get('cookie')?.split('; ') ?? [];
  const found = cookies.find((cookie) => cookie.startsWith(`${cookieName}=`))?.slice(cookieName.length + 1);
  return found === undefined ? undefined : decodeURIComponent(found);
}
