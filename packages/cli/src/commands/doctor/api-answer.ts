import type { Auth } from '@bearings/config';
import { formatDuration } from '../../output/format-duration.ts';
import { failed, ok, warning } from './check.ts';
import type { Finding } from './check.ts';

/** How an API answered a request with the credential. */
export interface ApiAnswer {
  readonly status: number;
  /** True when the base URL was asked, and no path that exists. */
  readonly isBase: boolean;
  /** True for a page for people, in place of an API's answer. */
  readonly isPage: boolean;
  /** Where a redirect led; `undefined` without one. */
  readonly redirectedTo: string | undefined;
  /** Such as `HEAD / answered 404`. */
  readonly message: string;
  /** What the API wants (RFC 9110 §11.6.1), without the credential; empty without a challenge. */
  readonly challenge: string;
  /** Such as `x-request-id: 7f3a`; `undefined` without one. */
  readonly requestId: string | undefined;
  /** How long the API asks to wait, in milliseconds; `undefined` when it does not. */
  readonly waitMs: number | undefined;
  /** The size of the header with the credential. */
  readonly credentialBytes: number;
}

/** Whether the API is what the config says, and accepts the credential. */
export function judgeAnswer(answer: ApiAnswer, auth: Auth): Finding {
  return judgeRedirect(answer) ?? judgeStatus(answer, auth) ?? judgePlace(answer, auth);
}

/** Paths of pages on which a person signs in. */
const loginPath = /\b(?:log-?in|sign-?in|sso|oauth2?\/authorize|auth)\b/i;

function judgeRedirect({ message, redirectedTo, isPage }: ApiAnswer): Finding | undefined {
  if (redirectedTo === undefined || !(isPage || loginPath.test(redirectedTo))) return undefined;
  return failed(
    `${message} after a redirect to ${redirectedTo}: a page on which a person signs in, and not the API`,
    'Correct baseUrl, or let the gateway pass requests with a token',
  );
}

/** Larger headers are refused by many servers and proxies: nginx 8 kB, Node.js 16 kB. */
const largeBytes = 7_000;

function judgeStatus(answer: ApiAnswer, auth: Auth): Finding | undefined {
  const { status, message, challenge, isBase, requestId, waitMs, credentialBytes } = answer;
  if (status === 401 || status === 403) {
    const why = challenge === '' ? ', without a reason' : `: ${challenge}`;
    return failed(`${message}${why}`, refusalRemedy(answer, auth));
  }
  if (status === 431 || ([400, 413, 414, 494].includes(status) && credentialBytes > largeBytes)) {
    const size = `the ${credentialNames[auth.type]} has ${Math.round(credentialBytes / 1_000)} kB`;
    return failed(
      `${message}: its headers are too large`,
      `Allow larger headers at the API and its proxies (Node.js: --max-http-header-size), or have the server put less into tokens: ${size}`,
    );
  }
  if (status >= 500) {
    const named = requestId === undefined ? '' : `, with this ${requestId.split(':')[0]}`;
    return failed(message, `Ask the operator of the API${named}`);
  }
  if (status === 429) {
    const wait = waitMs === undefined ? 'Wait' : `Wait ${formatDuration(waitMs)}, as the API asks`;
    return warning(message, `${wait}, and send fewer requests`);
  }
  if (status === 404 && !isBase)
    return failed(message, 'Correct the path, or baseUrl: there is nothing at this address');
  return undefined;
}

function judgePlace({ status, message, isBase, isPage }: ApiAnswer, { type }: Auth): Finding {
  const credential = credentialNames[type];
  if (isPage && status < 300)
    return warning(
      `${message} with a page, as browsers get it`,
      'If the API answers with JSON, correct baseUrl; or name a path of it with --path',
    );
  if (type === 'none') return ok(message);
  if (status >= 300 && isBase)
    return warning(
      `${message}, which does not show whether the ${credential} is accepted`,
      'Name a path that exists: --path, or doctor: { path: /health } in the config',
    );
  return ok(status < 300 ? `${message}, with the ${credential}` : `${message}: the ${credential} was not rejected`);
}

const credentialNames: Readonly<Record<Auth['type'], string>> = {
  oauth2_client_credentials: 'token',
  oauth2_authorization_code: 'token',
  google_service_account: 'token',
  bearer: 'token',
  basic: 'password',
  api_key: 'key',
  none: 'request',
};

function refusalRemedy({ status, challenge }: Pick<ApiAnswer, 'status' | 'challenge'>, auth: Auth): string {
  if (auth.type === 'none') return 'Set auth in the config: the API requires a credential';
  const isIssued = auth.type.startsWith('oauth2_') || auth.type === 'google_service_account';
  if (!isIssued) return `Check that the ${credentialNames[auth.type]} is still valid`;
  if (/\binsufficient_user_authentication\b/.test(challenge))
    return 'The API demands a token of a person who has logged in, more recently or by a stronger way (RFC 9470): use auth of the type oauth2_authorization_code';
  if (status === 403) {
    const scope = /scope="?([^",]+)"?/.exec(challenge)?.[1];
    const which = scope === undefined ? 'the scope that the API requires' : scope;
    return `Allow for the client, as scopes or as a role: ${which}`;
  }
  if (/^DPoP\b/i.test(challenge) && !('dpop' in auth && auth.dpop))
    return 'Set dpop in auth (true, or { privateKeyRef } with a tokenStore): the API accepts DPoP tokens only (RFC 9449)';
  return 'Check that the API expects tokens of this issuer, audience and resource, and that both clocks are right';
}
