import { formsOfSecret, hidden, isSecretName, withoutSecrets } from './redaction.ts';

/** As much of an answer as is looked at. */
const seenBytes = 64 * 1024;
/** As much of it as is shown. */
const shownChars = 1_000;

/**
 * The fields of a form as they may be shown, one a line.
 *
 * @param secrets - learns the secrets that the form has
 */
export function shownForm(body: RequestInit['body'], secrets: Set<string>): readonly string[] {
  if (body === undefined || body === null) return [];
  if (typeof body !== 'string' && !(body instanceof URLSearchParams)) return ['(a body that is no form)'];
  return [...new URLSearchParams(body)].map(([name, value]) => {
    if (!isSecretName(name)) return `${name}=${withoutSecrets(value, [...secrets])}`;
    learn(value, secrets);
    return `${name}=${hidden}`;
  });
}

/**
 * The beginning of an answer's body as it may be shown. The answer can be read as before.
 *
 * Of JSON, text shows in fields that are known to hold no secret. Of other text, all that is as long as a token is
 * taken out.
 *
 * @param secrets - learns the secrets that the answer has
 */
export async function shownBody(response: Response, secrets: Set<string>): Promise<readonly string[]> {
  const text = await beginningOf(response);
  if (text.trim() === '') return [];
  const value = jsonIn(text);
  if (value === undefined) learnAssigned(text, secrets);
  const shown = value === undefined ? withoutLongWords(text) : JSON.stringify(shownValue('', value, secrets));
  const safe = withoutSecrets(shown, [...secrets]);
  return (safe.length > shownChars ? `${safe.slice(0, shownChars)}…` : safe).split('\n');
}

async function beginningOf(response: Response): Promise<string> {
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = response.clone().body?.getReader();
  if (reader === undefined) return '';
  const pieces: Uint8Array[] = [];
  let left = seenBytes;
  try {
    for (let piece = await reader.read(); !piece.done && left > 0; piece = await reader.read()) {
      pieces.push(piece.value.subarray(0, left));
      left -= piece.value.byteLength;
    }
  } catch {
    // whoever reads the answer itself meets the same failure, and tells it
  }
  void cancelled(reader); // answers when both copies are cancelled, which may be never
  return new TextDecoder().decode(Buffer.concat(pieces));
}

async function cancelled(reader: ReadableStreamDefaultReader): Promise<void> {
  try {
    await reader.cancel();
  } catch {
    // it has failed before, and was told then
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function shownValue(name: string, value: unknown, secrets: Set<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => shownValue(name, item, secrets));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([field, each]) => [field, shownValue(field, each, secrets)]));
  }
  const isText = typeof value === 'string';
  if ((!isText && typeof value !== 'number') || isPublic(name)) return value;
  if (isSecretName(name)) learn(`${value}`, secrets);
  return isText || isSecretName(name) ? hidden : value;
}

/** The fields of RFC 6749 §5, RFC 8414 and what servers add that hold no secret. */
const isPublic = (name: string): boolean =>
  /^(?:token_type|issued_token_type|scope|error|error_description|error_uri|errors?_?codes?|message|detail|title|type|status|path|timestamp|issuer|\w+_(?:endpoint|supported|uri|url|endpoints)|trace_id|correlation_id|request_id)$/.test(
    name,
  );

/** Learns what stands behind the name of a secret, in JSON that is cut off or wrapped, and in forms. */
function learnAssigned(text: string, secrets: Set<string>): void {
  for (const [, name = '', value = ''] of text.matchAll(/([\w-]{1,60})["']?\s*[:=]\s*["']?([^\s"'&,;<>{}]+)/g)) {
    if (isSecretName(name)) learn(value, secrets);
  }
}

/** No token is shorter than this, and few words are longer. */
const withoutLongWords = (text: string): string => text.replace(/[^\s"'<>,;:(){}[\]]{16,}/g, hidden);

function learn(secret: string, secrets: Set<string>): void {
  for (const form of formsOfSecret(secret)) secrets.add(form);
}
