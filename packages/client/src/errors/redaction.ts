/** As much of an error's body as is shown, in characters. */
const previewChars = 2_048;
/** As much of it as is looked at. */
const seenChars = 16_384;
const seenItems = 50;

const hidden = '[REDACTED]';
const secretName =
  /pass(?:word|wd|phrase)|secret|token|authorization|api[-_]?key|private[-_]?key|credential|assertion|cookie|session|signature|\bcode\b/i;
const harmlessName = /^(?:token_type|token_endpoint|error_code)$/i;
const schemes = /\b(Bearer|Basic|DPoP|Digest)\s+[^\s"',<>]+/gi;
const jwt = /\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)*/g;
const userinfo = /\/\/[^\s/@"']+@/g;
const assigned =
  /([\w-]*(?:pass(?:word|wd|phrase)|secret|token|authorization|api[-_]?key|credential|assertion|cookie|session|signature)["']?\s*[=:]\s*["']?)[^\s"'&,;<>]+/gi;

/**
 * The beginning of an error's body, for a person: what may be a secret is taken out first, by its name, by its form, or
 * because it is a credential that the call itself has sent.
 *
 * @param body - parsed JSON, or text
 */
export function previewBody(body: unknown, sent: readonly string[]): string | undefined {
  if (body === undefined || body === null || body === '') return undefined;
  const text = typeof body === 'string' ? body.slice(0, seenChars) : JSON.stringify(body, withoutSecrets);
  const shown = withoutForms(sent.reduce(withoutSent, text.slice(0, seenChars)));
  return shown.length > previewChars ? `${shown.slice(0, previewChars).toWellFormed()}…` : shown;
}

function withoutSecrets(name: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, seenItems);
  const isSecret = secretName.test(name) && !harmlessName.test(name) && typeof value !== 'object';
  return isSecret ? hidden : value;
}

/** A credential is sent as `Bearer x`, and may come back as `x`; a password, in base64, may come back as it is. */
function withoutSent(text: string, sent: string): string {
  const [, scheme = '', bare = sent] = /^(\S+) (.+)$/.exec(sent) ?? [];
  const password = /^Basic$/i.test(scheme)
    ? Buffer.from(bare, 'base64')
        .toString()
        .replace(/^[^:]*:/, '')
    : '';
  const forms = [sent, bare, password].filter((form) => form !== '').flatMap((form) => [form, ...encodings(form)]);
  return forms.reduce((shown, form) => shown.replaceAll(form, hidden), text);
}

/** As it may stand in a URL that is quoted, or in a form. */
function encodings(value: string): readonly string[] {
  return [encodeURIComponent(value.toWellFormed()), new URLSearchParams([['', value]]).toString().slice(1)];
}

function withoutForms(text: string): string {
  return text
    .replace(schemes, `$1 ${hidden}`)
    .replace(jwt, hidden)
    .replace(userinfo, `//${hidden}@`)
    .replace(assigned, (all, name: string) => (/token_(?:type|endpoint)/i.test(name) ? all : `${name}${hidden}`));
}
