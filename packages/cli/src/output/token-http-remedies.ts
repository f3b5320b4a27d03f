import type { TokenHttpError } from '@bearings/oauth-bearer';
import { formatDuration } from './format-duration.ts';

/** A grant of a config file; `google_service_account` is the JWT bearer grant with a key file of Google. */
type GrantType =
  | 'client_credentials'
  | 'token_exchange'
  | 'jwt_bearer'
  | 'google_service_account'
  | 'authorization_code';

/** What is known of the client whose token request was refused. */
export interface RequestFacts {
  /** How the token is requested. Default: by client credentials. */
  readonly grant?: GrantType | undefined;
  /** True for a client that authenticates with an assertion (RFC 7523 §2.2). Default: not known. */
  readonly usesAssertion?: boolean | undefined;
  /** True for a client that sends DPoP proofs (RFC 9449). Default: not known. */
  readonly usesDpop?: boolean | undefined;
  /** True when the server's metadata offers DPoP. Default: not known. */
  readonly offersDpop?: boolean | undefined;
  /** The requested scopes that the server's metadata does not list. Default: not known. */
  readonly unlistedScopes?: readonly string[] | undefined;
  /** The scope that is meant by an unlisted one. */
  readonly suggestedScope?: string | undefined;
}

/** An error response, as rules see it. */
type Refusal = Pick<TokenHttpError, 'status' | 'oauthError' | 'oauthErrorDescription' | 'retryAfterMs'>;

/** What to do after an error response of a token endpoint: by its words, else its error code, else its status. */
export function httpRemedy(refusal: Refusal, facts: RequestFacts = {}): string {
  const { status, oauthError = '', oauthErrorDescription: words = '', retryAfterMs } = refusal;
  if (status === 429 && retryAfterMs !== undefined)
    return `Wait ${formatDuration(retryAfterMs)}, as the server asks; then request tokens less often, or ask for a higher limit`;
  const rule = rules.find((each) => each.words.test(words) && (each.errors ?? anyError).test(oauthError));
  if (rule !== undefined) return rule.remedy ?? allowGrant(facts);
  if (isAboutDpop(oauthError, words)) return dpopRemedy(refusal, facts);
  if (isAboutAssertion(oauthError, words, facts)) return assertionRemedy(refusal, facts);
  if (isAboutClient(refusal)) return checkClient;
  if (oauthError === 'invalid_scope' && facts.unlistedScopes?.length) return unlistedRemedy(facts);
  if (/^invalid_(?:grant|request)$/.test(oauthError) && facts.offersDpop === true && facts.usesDpop === false)
    return 'Set dpop in auth (true, or { privateKeyRef } with a tokenStore) if the server requires DPoP for this client: its metadata offers it, and it does not say what is wrong';
  return grantRemedy(oauthError, facts) ?? codeRemedy(oauthError) ?? statusRemedy(status);
}

function unlistedRemedy({ unlistedScopes = [], suggestedScope }: RequestFacts): string {
  const meant = suggestedScope === undefined ? '' : `. Did you mean ${suggestedScope}?`;
  return `Correct scopes: the metadata of the server does not list ${unlistedScopes.join(', ')}${meant}`;
}

/** What to do about an error code (RFC 6749 §5.2, RFC 8707 §2, and what some providers send); `undefined` for others. */
export const codeRemedy = (oauthError: string | undefined): string | undefined => remedies.get(oauthError ?? '');

interface Rule {
  /** What the server says, as Entra (AADSTS…), Auth0, Keycloak, Okta, PingFederate, WSO2 and oidc-provider word it. */
  readonly words: RegExp;
  /** The error codes that it says so with. Default: any. */
  readonly errors?: RegExp;
  /** Default: to allow the grant. */
  readonly remedy?: string;
}

const anyError = /^/;
const clientErrors = /^(?:invalid_client|invalid_grant|invalid_request|unauthorized_client)$/;

const checkClient =
  'Check clientId, the secret or key behind its reference, and clientAuthMethod; a rotated secret may not be active everywhere yet';
const checkAssertion =
  'Check assertionAudience (the issuer, or the token endpoint), keyId, the key that the server knows, and the clock of this machine';
const unknownClient =
  'Correct clientId, or the tenant or realm in issuerUrl: the server does not know the client there';
const correctScopes = 'Correct scopes: the server does not know one of them, or does not allow it for this client';
const setMethod = 'Set clientAuthMethod to the method that the client is registered with in the server';

/** In order: the first that fits is the remedy. */
const rules: readonly Rule[] = [
  {
    words: /AADSTS7000222\b|\bsecret\b[^.]{0,120}\bexpired\b|\bexpired\b[^.]{0,40}\bsecret\b/i,
    remedy:
      'Create a new secret for the client in the authorization server, and put it behind the reference of clientSecretRef: this one has expired',
  },
  {
    words: /AADSTS7000215\b/,
    remedy: 'Put the value of the secret behind the reference of clientSecretRef, not its id (Entra shows both)',
  },
  {
    words: /AADSTS90002\b|\b(?:tenant|realm)\b[^.]{0,80}\b(?:not found|does not exist)/i,
    remedy: 'Correct the tenant or realm in issuerUrl or tokenUrl: the server does not know it',
  },
  {
    words:
      /AADSTS700016\b|UNKNOWN_CLIENT|\b(?:client|application)\b[^.]{0,60}\b(?:not found|could not be found|does not exist|is unknown)|invalid value for 'client_id'/i,
    remedy: unknownClient,
  },
  {
    words: /AADSTS7000112\b|\b(?:disabled|deactivated|inactive|suspended|locked)\b/i,
    remedy: 'Enable the client in the authorization server: it has been disabled there',
  },
  {
    words: /AADSTS53003\b|conditional access|\bpolicy evaluation\b/i,
    remedy: 'Allow the client, or this network, in the access policies of the authorization server',
  },
  { words: /AADSTS700025\b/, remedy: 'Set clientAuthMethod: none: for the server this client is public' },
  {
    words:
      /AADSTS7000218\b|unsupported authentication method|registered for \w+ cannot use|no client authentication mechanism|only (?:be provided using |use )?one (?:client authentication )?(?:method|mechanism)|must be provided in the authorization header|unsupported authorization scheme/i,
    remedy: setMethod,
  },
  {
    words: /AADSTS(?:1002012|70011)\b/,
    remedy: 'Correct scopes: Entra takes one scope, that of the API with /.default at its end',
  },
  {
    words: /AADSTS(?:500011|65001|650052)\b|client-grant|not authorized to access|service not enabled within/i,
    remedy: 'Allow the API for this client in the authorization server, or correct audience, resource or scopes',
  },
  {
    words: /\b(?:audience|resource)\b/i,
    errors: /^(?:invalid_request|access_denied|invalid_target)$/,
    remedy: 'Set audience (or resource) in auth: the server requires one that it knows',
  },
  { words: /https required/i, remedy: 'Use https in issuerUrl or tokenUrl: the server refuses http' },
  { words: /service account|grant.?type/i, errors: /^(?:unauthorized_client|invalid_request)$/ },
  {
    words: /\b(?:client|tls|mtls|x\.?509)\b[^.]{0,20}\bcertificate\b|\bmtls\b/i,
    errors: /^invalid_(?:client|request)$/,
    remedy: 'Set certFile and keyFile in network: the server requires a client certificate (mTLS) that it knows',
  },
  { words: /\brate\b[^.]{0,20}\bexceeded\b/i, remedy: 'Request tokens less often, or ask for a higher limit' },
];

const isAboutDpop = (oauthError: string, words: string): boolean =>
  /^(?:invalid_dpop_proof|use_dpop_nonce)$/.test(oauthError) || /\bdpop\b/i.test(words);

function dpopRemedy({ oauthError, oauthErrorDescription: words = '' }: Refusal, facts: RequestFacts): string {
  const { usesDpop = oauthError === 'use_dpop_nonce' || !/missing|not provided|must|require/i.test(words) } = facts;
  if (!usesDpop)
    return 'Set dpop in auth (true, or { privateKeyRef } with a tokenStore): the server requires DPoP for this client';
  return oauthError === 'use_dpop_nonce'
    ? 'Ask the operator of the authorization server: it rejects each DPoP nonce that it has given out, as instances without a common key do'
    : 'Check the clock of this machine, and whether a proxy changes the URL that the server sees: it rejects the DPoP proof';
}

/** A certificate with an identifier is that of an assertion (Entra). `expired` or `audience` alone may be about a secret. */
const assertionWords =
  /AADSTS7000(?:2[147]|3\d)\b|AADSTS70002[13]\b|AADSTS70021\d?\b|\bassertion\b|client_assertion|\bjwt\b|\bsignature\b|\bkid\b|\bjti\b/i;
const assertionTime = /\baudience\b|\bexpired\b|not (?:yet )?(?:active|valid)|\bkey\b/i;

function isAboutAssertion(oauthError: string, words: string, { usesAssertion, grant }: RequestFacts): boolean {
  if (oauthError === 'invalid_grant' && (grant === 'google_service_account' || grant === 'jwt_bearer')) return true;
  if (!clientErrors.test(oauthError)) return false;
  if (assertionWords.test(words)) return true;
  return usesAssertion === true && (oauthError === 'invalid_client' || assertionTime.test(words));
}

const grantNames: Readonly<Record<GrantType, string>> = {
  client_credentials: 'client credentials',
  token_exchange: 'token exchange',
  jwt_bearer: 'JWT bearer',
  google_service_account: 'JWT bearer',
  authorization_code: 'authorization code',
};

function allowGrant({ grant = 'client_credentials' }: RequestFacts): string {
  const hint = grant === 'client_credentials' ? ' (Keycloak: service accounts)' : '';
  return `Allow the ${grantNames[grant]} grant for this client${hint}`;
}

/** What to do about a grant that the server does not offer, or not to this client (RFC 6749 §5.2). */
function grantRemedy(oauthError: string, facts: RequestFacts): string | undefined {
  if (/^(?:unauthorized_client|authorization_type_invalid)$/.test(oauthError)) return allowGrant(facts);
  const name = grantNames[facts.grant ?? 'client_credentials'];
  return oauthError === 'unsupported_grant_type'
    ? `Correct issuerUrl or tokenUrl: this server does not support the ${name} grant`
    : undefined;
}

/** `invalid_grant` is about the JWT that is the grant (RFC 7523 §3.1), and otherwise about that of the client. */
function assertionRemedy({ oauthError }: Refusal, { grant }: RequestFacts): string {
  if (oauthError === 'invalid_grant' && grant === 'google_service_account')
    return 'Check that the key behind serviceAccountKeyRef is still enabled in Google Cloud, the subject, and the clock of this machine';
  if (oauthError === 'invalid_grant' && grant === 'jwt_bearer')
    return 'Check audience, keyId, issuer and subject of grant, the key that the server knows, and the clock of this machine';
  return checkAssertion;
}

/** RFC 6749 §5.2 keeps 401 for the client's authentication, whatever the error is: Keycloak, Auth0 and others use their own. */
const isAboutClient = ({ status, oauthError }: Refusal): boolean =>
  oauthError === 'invalid_client' || (status === 401 && oauthError !== undefined);

function statusRemedy(status: number): string {
  if (status === 401 || status === 403) {
    return 'Check clientId, the secret or key behind its reference, and clientAuthMethod: without an error code, this status is about the client. Or a gateway keeps this machine out';
  }
  if (status >= 300 && status <= 399)
    return 'Correct tokenUrl: the server redirects, and a token request is not sent on';
  if (status === 404 || status === 405 || status === 410)
    return 'Correct tokenUrl: there is no token endpoint at this URL, or no such realm or tenant';
  if (status === 429) return 'Request tokens less often, or ask for a higher limit';
  return 'Ask the operator of the authorization server; --debug shows its answer';
}

const remedies: ReadonlyMap<string, string> = new Map([
  ['invalid_client', checkClient],
  ['incorrect_client_credentials', checkClient],
  ['bad_client_secret', checkClient],
  ['invalid_client_id', unknownClient],
  ['invalid_scope', correctScopes],
  ['scope_invalid', correctScopes],
  ['invalid_target', 'Correct audience and resource: the server does not know one of them'],
  ['access_denied', 'Allow the API and its scopes for this client in the authorization server, or correct audience'],
]);
