import type { SecretRange } from './known-secrets.ts';
import { isSecretName } from './secret-names.ts';
import { findEnd, findValue, findValueStart, findWordEnd, isQuote, skipSpaces } from './secret-values.ts';

/**
 * Finds what is a secret by its name or its form: the value of a secret's name with all that is in it, a credential
 * behind its scheme, a JWT, user and password of a URL. Reads JSON, forms, headers, XML, and text that is cut off or
 * mixed of these. Each character is looked at a bounded number of times.
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
  /** The objects and lists that the scan is in. */
  readonly open: Frame[];
}

/** An object, or a list. Of `{"key": "DB_PASSWORD", "value": "x"}`, the first member names what the second is. */
interface Frame {
  readonly start: number;
  /** Whether it is itself the value that another member of its object names. */
  readonly isValue: boolean;
  isSecret: boolean;
  readonly values: SecretRange[];
  readonly keys: SecretRange[];
}

const naming = /^(?:field|header|instancePath|key|loc|name|param|parameter|path|pointer|property|variable)$/i;
const valued = /^(?:actual|input|received|val)$|values?$/i;
/** Names are short: no more is looked at to find out what a member names. */
const maxNamingChars = 200;

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
  if (frame.values.length === 0) for (const key of frame.keys) found.push(key); // without a value, it opens something
  if (frame.isValue) frames.at(-1)?.values.push({ start: frame.start, end });
}

/** User and password of a URL (RFC 3986 §3.2.1), and past the host, whose port is no value of its name. */
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
  const name = text.slice(Math.max(start, end - maxNamingChars), end);
  const value = findValueStart(text, { start, end });
  if (value !== undefined) return scanMember(scan, { name, isHeader: text.charAt(end) === ':' }, value);
  return schemes.test(name) ? scanCredential(scan, end) : end;
}

/** Three parts with dots between them, of which the first is a JSON object in base64 (RFC 7515 §7.1). */
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
  if (!isSecretName(name) || isHarmlessValue(name, text.slice(start, start + maxNamingChars))) return start;
  const isLine = isHeader && /(?:authorization|cookie)$/i.test(name) && !isQuote(text.charAt(start));
  const value = isLine ? { start, end: findEnd(text, start, (sign) => /[\r\n"]/.test(sign)) } : findValue(text, start);
  if (value.end > value.start) found.push(value);
  return value.end;
}

/** A member that says what another one is. */
function scanNaming({ text }: Scan, object: Frame, { name, start }: { name: string; start: number }): number {
  const seen = text.slice(start, start + maxNamingChars);
  const named = findValue(seen, 0);
  object.isSecret ||= isSecretName(seen.slice(named.start, named.end));
  if (!isSecretName(name)) return start;
  const value = findValue(text, start);
  object.keys.push(value);
  return value.end;
}

/** A member that another one may have named, or may yet name. What is in it is looked at as well. */
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
/** What a `code` is that tells of an error: a short number, `not_found`, `INVALID_GRANT`, `AccessDenied`, `E1001`. */
const errorCode =
  /^["']?(?:-?\d{1,5}|[a-z]+(?:[._-][a-z]+)*|[A-Z]+(?:[._-][A-Z]+)*_?\d{0,7}|(?:[A-Z][a-z]+){1,6})["']?(?![\w.~+/=-])/;

function isHarmlessValue(name: string, seen: string): boolean {
  if (noValue.test(seen) || withScheme.test(seen)) return true; // a scheme is shown, what comes behind it is hidden
  const [code = ''] = /^code$/i.test(name) ? (errorCode.exec(seen) ?? []) : [];
  return code !== '' && code.length <= 40;
}

/** What comes behind the name of a scheme in a sentence. */
const sentence =
  /^(?:and|auth|authentication|authorization|challenge|credentials?|errors?|header|is|or|realm|required|scheme|tokens?|was)\b(?![\w.~+/=-]*[\d=/+])/i;
/** A challenge has parameters (RFC 9110 §11.6.1). */
const parameter = /^[\w-]{1,60}=(?:["']|[^=\s,"'])/;

/** The credential behind the name of its scheme. */
function scanCredential({ text, found }: Scan, schemeEnd: number): number {
  const start = skipSpaces(text, schemeEnd);
  const seen = text.slice(start, start + maxNamingChars);
  if (start === schemeEnd || sentence.test(seen) || parameter.test(seen)) return start;
  const end = findEnd(text, start, (sign) => /[\s"'`,;<>(){}[\]]/.test(sign));
  if (end > start) found.push({ start, end });
  return end;
}
