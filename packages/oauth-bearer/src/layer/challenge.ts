/** True when a response has a challenge of any scheme; a header of commas alone has none. */
export function hasChallenge(headers: Headers): boolean {
  return /[^\s,]/.test(headers.get('www-authenticate') ?? '');
}

/** The Bearer challenge of a response, in `WWW-Authenticate`. */
export interface BearerChallenge {
  /** The error code (RFC 6750 §3.1), in lower case. */
  readonly error: string | undefined;
  /** The claims that the resource requires, as it sent them: base64 (Microsoft Entra's continuous access evaluation). */
  readonly claims: string | undefined;
}

/**
 * One token, and its value if it has one. Linear: each character is read a fixed number of times.
 */
const item = /[\s,]*([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*("(?:[^"\\]|\\.)*"|[^\s,"]*))?/y;

/**
 * Finds the Bearer challenge among those of a response (RFC 9110 §11.6.1: a list, in one header line or several).
 *
 * @returns `undefined` when there is no Bearer challenge
 */
export function parseBearerChallenge(headers: Headers): BearerChallenge | undefined {
  const text = headers.get('www-authenticate') ?? '';
  let scheme = '';
  let found: BearerChallenge | undefined;
  item.lastIndex = 0;
  for (let match = item.exec(text); match !== null; match = item.exec(text)) {
    const [, name = '', value] = match;
    if (value === undefined) {
      scheme = name.toLowerCase();
      if (scheme === 'bearer') found ??= { error: undefined, claims: undefined };
    } else if (scheme === 'bearer' && found !== undefined) {
      const parameter = name.toLowerCase();
      if (parameter === 'error') found = { ...found, error: unquoted(value).toLowerCase() };
      if (parameter === 'claims') found = { ...found, claims: unquoted(value) };
    }
  }
  return found;
}

const unquoted = (value: string): string =>
  value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
