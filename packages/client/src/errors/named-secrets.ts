import type { SecretRange } from './known-secrets.ts';
import { isSecretName } from './secret-names.ts';
import { findEnd, findValue, findValueStart, findWordEnd, isQuote, skipSpaces } from './secret-values.ts';

/**
 * Finds secrets by name and by form: the values of secret names with everything in them, credentials after a scheme,
 * JWTs, and the user and password of URLs. Reads JSON, forms, headers, XML, truncated text and mixtures of these. It
 * reads each character a bounded number of times.
 */
export function findNamedSecrets(text: string): readonly SecretRange[] {
  const scan: Scan = { text, found: [], open: [] };
  for (let index = 0; index < text.length;) index = scanAt(scan, index);
  while (scan.open.length > 0) close(scan, text.length);
  return scan.found;
}

interface Scan {
  readonly text: string;
  readonly found: SecretRange[];
  /** The objects and lists around the current index. */
  readonly open: Frame[];
}

/** An object or list. In `{"key": "DB_PASSWORD", "value": "x"}`, the first member is the name of the second. */
interface Frame {
  readonly start: number;
  /** True when it is itself the value of such a pair. */
  readonly isValue: boolean;
  /** True when the name in the pair is the name of a secret. */
  isSecret: boolean;
  readonly values: SecretRange[];
  readonly keys: SecretRange[];
}

const naming = /^(?:field|header|instancePath|key|loc|name|param|parameter|path|pointer|property|variable)$/i;
const valued = /^(?:actual|input|received|val)$|values?$/i;
/** Names are short: only so many characters of a name are read. */
const maxNameChars = 200;

function scanAt(scan: Scan, index: number): number {
  const { text } = scan;
  const end = findWordEnd(text, index);
  if (end > index) return scanWord(scan, index, end);
  const sign = text.charAt(index);
  if (sign === '{' || sign === '[') open(scan, index, false);
  else if (sign === '}' || sign === ']') close(scan, index + 1);
  else if (text.startsWith('//', index)) return scanAuthority(scan, index + 2);
  return index + 1;
}

function open({ open: frames }: Scan, start: number, isValue: boolean): void {
  frames.push({ start, isValue, isSecret: false, values: [], keys: [] });
}

function close({ found, open: frames }: Scan, end: number): void {
  const frame = frames.pop();
  if (frame === undefined) return;
  if (frame.isSecret) for (const value of frame.values) found.push(value);
  if (frame.values.length === 0) for (const key of frame.keys) found.push(key); // `key` without a value is a key itself
  if (frame.isValue) frames.at(-1)?.values.push({ start: frame.start, end });
}

/** Finds the user and password of a URL (RFC 3986 §3.2.1), and skips the host: its port is not a value. */
function scanAuthority({ text, found }: Scan, start: number): number {
  let at = -1;
  const end = findEnd(text, start, (sign) => /[\s"'`<>/\\?#=]/.test(sign));
  for (let index = start; index < end; index += 1) if (text.charAt(index) === '@') at = index;
  if (at > start) found.push({ start, end: at });
  return text.charAt(end) === '=' && at < 0 ? start : end;
}

function scanWord(scan: Scan, start: number, end: number): number {
  const { text, found } = scan;
  const jwt = findJwt(text.slice(start, end));
  if (jwt >= 0) {
    found.push({ start: start + jwt, end });
    return end;
  }
  const name = text.slice(Math.max(start, end - maxNameChars), end);
  const value = findValueStart(text, { start, end });
  if (value !== undefined) return scanMember(scan, { name, isHeader: text.charAt(end) === ':' }, value);
  return schemes.test(name) ? scanCredential(scan, end) : end;
}

/** The index of a JWT: parts with dots between them, the first a JSON object in base64 (RFC 7515 §7.1). */
function findJwt(word: string): number {
  let at = word.indexOf('eyJ');
  while (at > 0 && /[a-z\d]/i.test(word.charAt(at - 1))) at = word.indexOf('eyJ', at + 1);
  return at >= 0 && word.includes('.', at + 8) ? at : -1;
}

interface Member {
  readonly name: string;
  /** `name: value` without quotes. */
  readonly isHeader: boolean;
}

function scanMember(scan: Scan, { name, isHeader }: Member, start: number): number {
  const { text, found, open: frames } = scan;
  const object = frames.at(-1);
  if (object !== undefined && naming.test(name)) return scanNaming(scan, object, { name, start });
  if (object !== undefined && valued.test(name) && !isSecretName(name)) return scanNamed(scan, object, start);
  if (!isSecretName(name) || isHarmlessValue(name, text.slice(start, start + maxNameChars))) return start;
  const isLine = isHeader && /(?:authorization|cookie)$/i.test(name) && !isQuote(text.charAt(start));
  const value = isLine ? { start, end: findEnd(text, start, (sign) => /[\r\n"]/.test(sign)) } : findValue(text, start);
  if (value.end > value.start) found.push(value);
  return value.end;
}

/** A member with the name of another one. */
function scanNaming({ text }: Scan, object: Frame, { name, start }: { name: string; start: number }): number {
  const seen = text.slice(start, start + maxNameChars);
  const named = findValue(seen, 0);
  object.isSecret ||= isSecretName(seen.slice(named.start, named.end));
  if (!isSecretName(name)) return start;
  const value = findValue(text, start);
  object.keys.push(value);
  return value.end;
}

/** The value of a pair, whose name may come before or after it. Its content is scanned as well. */
function scanNamed(scan: Scan, object: Frame, start: number): number {
  const { text } = scan;
  const sign = text.charAt(start);
  if (isQuote(sign)) object.values.push(findValue(text, start));
  else if (sign === '{' || sign === '[') {
    open(scan, start, true);
    return start + 1;
  } else object.values.push({ start, end: findEnd(text, start, (each) => !/[\d.+-]/.test(each)) });
  return start;
}

const noValue = /^(?:true|false|null|undefined|""|''|\[\]|\{\})(?![\w.-])/;
const schemes = /^(?:Bearer|Basic|DPoP|Digest)$/i;
const withScheme = /^(?:Bearer|Basic|DPoP)\s/i;
/** A `code` that is not secret: a short number, `not_found`, `INVALID_GRANT`, `AccessDenied`, `E1001`. */
const errorCode =
  /^["']?(?:-?\d{1,5}|[a-z]+(?:[._-][a-z]+)*|[A-Z]+(?:[._-][A-Z]+)*_?\d{0,7}|(?:[A-Z][a-z]+){1,6})["']?(?![\w.~+/=-])/;

function isHarmlessValue(name: string, seen: string): boolean {
  if (noValue.test(seen) || withScheme.test(seen)) return true; // the scheme is shown, and scanCredential hides the credential
  const [code = ''] = /^code$/i.test(name) ? (errorCode.exec(seen) ?? []) : [];
  return code !== '' && code.length <= 40;
}

/** Words that follow the name of a scheme in a sentence. */
const sentence =
  /^(?:and|auth|authentication|authorization|challenge|credentials?|errors?|header|is|or|realm|required|scheme|tokens?|was)\b(?![\w.~+/=-]*[\d=/+])/i;
/** A challenge has parameters (RFC 9110 §11.6.1). */
const parameter = /^[\w-]{1,60}=(?:["']|[^=\s,"'])/;

/** Finds the credential after a scheme. */
function scanCredential({ text, found }: Scan, schemeEnd: number): number {
  const start = skipSpaces(text, schemeEnd);
  const seen = text.slice(start, start + maxNameChars);
  if (start === schemeEnd || sentence.test(seen) || parameter.test(seen)) return start;
  const end = findEnd(text, start, (sign) => /[\s"'`,;<>(){}[\]]/.test(sign));
  if (end > start) found.push({ start, end });
  return end;
}
