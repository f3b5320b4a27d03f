import { extractSecrets, isSecretName, redact, redactionMark } from '@bearings/client/errors';

/** As much of a response as is looked at. */
const seenBytes = 64 * 1024;
/** As much of it as is shown. */
const shownChars = 1_000;

/**
 * The fields of a form as they may be shown, one a line.
 *
 * @param secrets - the secrets that are known; those of the form are added
 */
export function redactForm(body: RequestInit['body'], secrets: Set<string>): readonly string[] {
  if (body === undefined || body === null) return [];
  if (typeof body !== 'string' && !(body instanceof URLSearchParams)) return ['(a body that is no form)'];
  return [...new URLSearchParams(body)].map(([name, value]) => {
    if (!isSecretName(name)) return `${name}=${redact(value, [...secrets])}`;
    secrets.add(value);
    return `${name}=${redactionMark}`;
  });
}

/**
 * The beginning of a response's body as it may be shown. The response can still be read.
 *
 * Of JSON, texts show in members that are known to hold no secret. In other text, all words as long as a token are
 * hidden.
 *
 * @param secrets - the secrets that are known; those of the response are added
 */
export async function redactBody(response: Response, secrets: Set<string>): Promise<readonly string[]> {
  const text = await readBeginning(response);
  if (text.trim() === '') return [];
  const value = parseJson(text);
  if (value === undefined) for (const secret of extractSecrets(text)) secrets.add(secret);
  const shown = value === undefined ? text : JSON.stringify(redactValue('', value, secrets));
  const redacted = redact(shown, [...secrets]);
  const safe = value === undefined ? hideLongWords(redacted) : redacted;
  return (safe.length > shownChars ? `${safe.slice(0, shownChars)}…` : safe).split('\n');
}

async function readBeginning(response: Response): Promise<string> {
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
    // reading the response itself fails in the same way, and is reported then
  }
  void cancelQuietly(reader); // settles when both copies are cancelled, which may be never
  return new TextDecoder().decode(Buffer.concat(pieces));
}

async function cancelQuietly(reader: ReadableStreamDefaultReader): Promise<void> {
  try {
    await reader.cancel();
  } catch {
    // the same failure, which was reported
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function redactValue(name: string, value: unknown, secrets: Set<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => redactValue(name, item, secrets));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([field, each]) => [field, redactValue(field, each, secrets)]));
  }
  const isText = typeof value === 'string';
  if ((!isText && typeof value !== 'number') || isPublic(name)) return value;
  if (isSecretName(name)) secrets.add(`${value}`);
  return isText || isSecretName(name) ? redactionMark : value;
}

/** The fields of RFC 6749 §5, RFC 8414 and what servers add that hold no secret. */
const isPublic = (name: string): boolean =>
  /^(?:token_type|issued_token_type|scope|error|error_description|error_uri|errors?_?codes?|message|detail|title|type|status|path|timestamp|issuer|\w+_(?:endpoint|supported|uri|url|endpoints)|trace_id|correlation_id|request_id)$/.test(
    name,
  );

/** No token is shorter than this, and few words are longer. */
const hideLongWords = (text: string): string => text.replace(/[^\s"'<>,;:(){}[\]]{16,}/g, redactionMark);
