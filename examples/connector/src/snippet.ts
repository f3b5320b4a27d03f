/** As much of an answer as is shown, in characters, and as much as is looked at. */
const shownChars = 200;
const seenChars = 4_096;

const hidden = '[REDACTED]';
const secretName = /pass|secret|token|authorization|key|credential|assertion|cookie|session|signature/i;
const harmlessName = /^(?:token_type|token_endpoint)\b/i;
/** A scheme with its credential, unless it is a challenge, which has parameters. */
const scheme = /\b(Bearer|Basic|DPoP)\s+(?!\w+=")[^\s"',<>]+/gi;
const assigned =
  /([\w-]*(?:pass|secret|token|key|credential|assertion|session)[\w-]*["']?\s*[=:]\s*["']?)[^\s"'&,;<>]+/gi;
/** Tokens, keys and hashes have this form, and words have not. */
const long = /[\w+/=~.-]{32,}/g;

/**
 * The beginning of an answer on one line, for a person, without what may be a secret: by its name, by its form, or
 * because it is one of `secrets`, which were sent.
 */
export function snippetOf(text: string, secrets: readonly string[] = []): string {
  const seen = withoutNamed(text.slice(0, seenChars));
  const safe = secrets
    .reduce(without, seen)
    .replace(scheme, `$1 ${hidden}`)
    .replace(assigned, (all, name: string) => (harmlessName.test(name) ? all : `${name}${hidden}`))
    .replace(long, hidden);
  const line = safe.replaceAll(/[\s\p{C}]+/gu, ' ').trim();
  return line.length > shownChars ? `${line.slice(0, shownChars).toWellFormed()}…` : line;
}

/** A JSON document is read as one, so that what hides a secret in it (escapes, nesting) does not. */
function withoutNamed(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), (name: string, value: unknown) =>
      secretName.test(name) && !harmlessName.test(name) && typeof value !== 'object' ? hidden : value,
    );
  } catch {
    return text;
  }
}

function without(text: string, secret: string): string {
  if (secret.length < 4) return text; // `1` in a header is no secret, and hiding it would hide half of the answer
  const forms = [secret, encodeURIComponent(secret), new URLSearchParams({ '': secret }).toString().slice(1)];
  return forms.reduce((rest, form) => rest.replaceAll(form, hidden), text);
}
