const hidden = '[REDACTED]';
const jwt = /\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)*/g;
/** A scheme with its credential, unless it is a challenge, which has parameters. */
const scheme = /\b(Bearer|Basic|DPoP)\s+(?!\w+=)[^\s"',<>]+/gi;
const mostChars = 500;

/** Credentials that were sent, and texts of the other side without them. */
export interface Redaction {
  readonly remember: (credentials: readonly string[]) => void;
  /** On one line, without what may be a secret and without what moves things on a terminal. */
  readonly show: (text: string) => string;
}

/** Starts with no credential known. */
export function startRedaction(): Redaction {
  const known = new Set<string>();
  return {
    remember(credentials) {
      for (const form of credentials.flatMap(formsOf)) known.add(form);
    },
    show(text) {
      const safe = [...known].reduce((rest, secret) => rest.replaceAll(secret, hidden), text);
      const line = safe
        .replace(scheme, `$1 ${hidden}`)
        .replace(jwt, hidden)
        .replaceAll(/[\s\p{C}]+/gu, ' ')
        .trim();
      return line.length > mostChars ? `${line.slice(0, mostChars).toWellFormed()}…` : line;
    },
  };
}

/** `Bearer x` may come back as `x`, and `Basic x` as the password in it. The longest goes first. */
function formsOf(credential: string): readonly string[] {
  const [, name = '', bare = credential] = /^(\S+) (.+)$/.exec(credential) ?? [];
  const password =
    name === 'Basic'
      ? Buffer.from(bare, 'base64')
          .toString()
          .replace(/^[^:]*:/, '')
      : bare;
  const forms = [credential, bare, password, encodeURIComponent(bare), encodeURIComponent(password)];
  return [...new Set(forms)].filter((form) => form.length > 3);
}
