/** True when a response has a challenge of any scheme; a header of commas alone has none. */
export function hasChallenge(headers: Headers): boolean {
  return /[^\s,]/.test(headers.get('www-authenticate') ?? '');
}

/** The challenge of one scheme, in `WWW-Authenticate`. */
export interface BearerChallenge {
  /** The error code (RFC 6750 §3.1), in lower case. */
  readonly error: string | undefined;
  /** The claims that the resource requires, as it sent them: base64 (Microsoft Entra's continuous access evaluation). */
  readonly claims: string | undefined;
  /** The scopes that the resource demands (RFC 6750 §3). Text that is no scope is left out. */
  readonly scopes: readonly string[];
  /** How the user must authenticate (RFC 9470 §3). */
  readonly acrValues: string | undefined;
  /** How long ago the user may have authenticated, in seconds (RFC 9470 §3). */
  readonly maxAgeS: number | undefined;
}

/**
 * One token, or the token68 of a scheme such as Negotiate, and its value if it has one. Linear: each character is read a fixed number of times.
 */
const item = /[\s,]*([\w!#$%&'*+.^`|~/-]+)(?:\s*=\s*("(?:[^"\\]|\\.)*"|[^\s,"]*))?/y;

/**
 * Finds the Bearer challenge among those of a response (RFC 9110 §11.6.1: a list, in one header line or several).
 *
 * @returns `undefined` when there is no Bearer challenge
 */
export function parseBearerChallenge(headers: Headers): BearerChallenge | undefined {
  return parseChallenge(headers, 'bearer');
}

/**
 * The challenge about the token that was sent: that of its own scheme, also where the resource offers both (RFC 9449 §7.2).
 * For a DPoP token without one it is that of Bearer, which some frameworks send for both.
 */
export function parseOwnChallenge(
  headers: Headers,
  { isDpop }: { readonly isDpop: boolean },
): BearerChallenge | undefined {
  return (isDpop ? parseChallenge(headers, 'dpop') : undefined) ?? parseChallenge(headers, 'bearer');
}

/** Finds the challenge of a scheme, whose name is in lower case; DPoP has Bearer's error codes (RFC 9449 §7.1). */
export function parseChallenge(headers: Headers, wanted: 'bearer' | 'dpop'): BearerChallenge | undefined {
  const text = headers.get('www-authenticate') ?? '';
  let scheme = '';
  let found: BearerChallenge | undefined;
  item.lastIndex = 0;
  for (let match = item.exec(text); match !== null; match = item.exec(text)) {
    const [, name = '', value] = match;
    if (value === undefined) {
      scheme = name.toLowerCase();
      if (scheme === wanted) found ??= nothing;
    } else if (scheme === wanted && found !== undefined) {
      const parameter = name.toLowerCase();
      if (parameter === 'error') found = { ...found, error: unquoted(value).toLowerCase() };
      found = { ...found, ...readParameter(parameter, unquoted(value)) };
    }
  }
  return found;
}

const nothing: BearerChallenge = {
  error: undefined,
  claims: undefined,
  scopes: [],
  acrValues: undefined,
  maxAgeS: undefined,
};

/** RFC 6749 §3.3. A text of another form is not quoted in errors. */
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/;

function readParameter(name: string, value: string): Partial<BearerChallenge> {
  if (name === 'claims') return { claims: value };
  if (name === 'scope') return { scopes: value.split(' ').filter((scope) => scopeToken.test(scope)) };
  if (name === 'acr_values' && /^[\x20-\x7e]{1,300}$/.test(value)) return { acrValues: value };
  if (name === 'max_age' && /^\d{1,9}$/.test(value)) return { maxAgeS: Number(value) };
  return {};
}

const unquoted = (value: string): string =>
  value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
