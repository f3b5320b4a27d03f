/** What stands where a secret was. */
export const hidden = '[REDACTED]';

/** A text as a terminal may show it: control characters, which could move the cursor or hide text, are spelt out. */
export function printable(text: string): string {
  return text.replace(controls, (letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`);
}

/** All of Unicode's Cc but tab and line feed, and the marks that turn the direction of writing. */
const controls = /[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069]/gu;

/** JSON as a terminal may show it: what JSON leaves as it is, and a terminal obeys, is escaped. */
export function printableJson(value: unknown, indent?: number): string {
  const escaped = (letter: string): string => `\\u${(letter.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value, undefined, indent).replace(/[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, escaped);
}

/** True for the name of a header, a form field or a field of JSON whose value is a secret. */
export function isSecretName(name: string): boolean {
  return secretNames.test(name) && !publicNames.test(name);
}

const secretNames =
  /authorization$|cookie|pass(?:word|wd|phrase|code)|secret|api[-_]?key|private[-_]?key|credential|(?:^|[-_])(?:token|assertion|code|key|jwt|dpop|session|signature|sid)$/i;
/** Headers and fields that are named like secrets. */
const publicNames = /^(?:idempotency-key|sec-websocket-key)$/i;

/** A header as it may be shown: the scheme of a credential, without the credential. */
export function shownHeader(name: string, value: string, secrets: readonly string[]): string {
  if (!isSecretName(name)) return printable(withoutSecrets(value, secrets));
  const scheme = /^(Bearer|Basic|DPoP|Digest) /i.exec(value)?.[0] ?? '';
  return `${scheme}${hidden}`;
}

/** A text without the secrets that are known, and without what looks like a token. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const longestFirst = secrets.toSorted((one, other) => other.length - one.length);
  const without = longestFirst.reduce((shown, secret) => shown.replaceAll(secret, hidden), text);
  return without
    .replace(/\b(Bearer|Basic|DPoP) +(?!error=|realm=|scope=|\[)[\w.~+/=-]{8,}/gi, `$1 ${hidden}`)
    .replace(/\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)*/g, hidden)
    .replace(/\/\/[^\s/@"']+@/g, `//${hidden}@`);
}

/** A URL without the values of its query, which are often secrets; their names stay. */
export function withoutQueryValues(text: string): string {
  return text.replace(/([?&][^=&#\s"'<>]+=)[^&#\s"'<>]+/g, '$1…');
}

/** All forms in which the secret of a header comes back: `Bearer x`, `x`, and what is inside `Basic`. */
export function formsOfCredential(value: string): readonly string[] {
  const [, scheme = '', bare = value] = /^(\S+) (.+)$/s.exec(value) ?? [];
  const inside = scheme.toLowerCase() === 'basic' ? Buffer.from(bare, 'base64').toString() : '';
  const password = inside.slice(inside.indexOf(':') + 1);
  return [value, bare, inside, password].flatMap(formsOfSecret);
}

/** A secret as it is, and as forms, URLs and JSON write it. */
export function formsOfSecret(secret: string): readonly string[] {
  const forms = [secret, decoded(secret)].flatMap((text) => {
    const form = new URLSearchParams({ '': text }).toString().slice(1);
    return [text, form, encodeURIComponent(text.toWellFormed()), JSON.stringify(text).slice(1, -1)];
  });
  return [...new Set(forms)].filter(isLongEnough);
}

/** Taking out less would take it out of every word. */
const isLongEnough = ({ length }: string): boolean => length >= 4;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
