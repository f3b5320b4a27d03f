/** A text with some levels of escapes decoded, and a map to the original text. */
export interface DecodedText {
  readonly text: string;
  /** The index in the original text where character `index` starts; for the length, the end of the original. */
  readonly sourceAt: (index: number) => number;
}

/** As many as text has in practice: JSON in JSON in a page. */
const maxLevels = 4;

/** The text itself, then the text decoded once, twice and three times, as long as it has escapes. */
export function decodeLevels(original: string): readonly DecodedText[] {
  const levels: DecodedText[] = [{ text: original, sourceAt: (index) => index }];
  for (let level = levels[0]; level !== undefined && levels.length < maxLevels; level = levels.at(-1)) {
    const decoded = decodeOnce(level);
    if (decoded === undefined) break;
    levels.push(decoded);
  }
  return levels;
}

/** Decodes the escapes of JSON, HTML and URLs; `undefined` for a text without them. */
function decodeOnce({ text, sourceAt }: DecodedText): DecodedText | undefined {
  if (!/[\\&%]/.test(text)) return undefined;
  const parts: string[] = [];
  const starts = new Uint32Array(text.length + 1);
  let length = 0;
  let isChanged = false;
  for (let index = 0; index < text.length;) {
    const escape = readEscape(text, index);
    const part = escape?.text ?? text.charAt(index);
    for (let unit = 0; unit < part.length; unit += 1) starts[length + unit] = sourceAt(index);
    parts.push(part);
    length += part.length;
    index += escape?.length ?? 1;
    isChanged ||= escape !== undefined;
  }
  starts[length] = sourceAt(text.length);
  return isChanged ? { text: parts.join(''), sourceAt: (index) => starts[index] ?? 0 } : undefined;
}

/** The decoded text of an escape, and the length of the escape. */
interface Escape {
  readonly text: string;
  readonly length: number;
}

/** No escape is longer. */
const maxEscapeChars = 12;

function readEscape(text: string, index: number): Escape | undefined {
  const sign = text.charAt(index);
  if (sign !== '\\' && sign !== '&' && sign !== '%') return undefined;
  const rest = text.slice(index, index + maxEscapeChars);
  if (sign === '\\') return readBackslash(rest);
  return sign === '&' ? readEntity(rest) : readPercent(rest);
}

const controls: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

function readBackslash(rest: string): Escape | undefined {
  const [all = '', long, short] = /^\\(?:u([\da-f]{4})|x([\da-f]{2}))/i.exec(rest) ?? [];
  const hex = long ?? short;
  if (hex !== undefined) return { text: String.fromCharCode(Number.parseInt(hex, 16)), length: all.length };
  const sign = rest.charAt(1);
  const isEscape = /^["'\\/bfnrt]$/.test(sign);
  return isEscape ? { text: controls.get(sign) ?? sign, length: 2 } : undefined;
}

const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
  ['sol', '/'],
  ['bsol', '\\'],
  ['plus', '+'],
  ['equals', '='],
  ['colon', ':'],
  ['commat', '@'],
  ['percnt', '%'],
]);

function readEntity(rest: string): Escape | undefined {
  const [all = '', hex, decimal, name] = /^&(?:#x([\da-f]{1,6})|#(\d{1,7})|([a-z]{2,6}));/i.exec(rest) ?? [];
  if (name !== undefined) {
    const text = entities.get(name.toLowerCase());
    return text === undefined ? undefined : { text, length: all.length };
  }
  if (all === '') return undefined;
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return code > 0x10_ff_ff ? undefined : { text: String.fromCodePoint(code), length: all.length };
}

const utf8Character =
  /^(?:%[0-7][\da-f]|%(?:c[2-9a-f]|d[\da-f])%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-4](?:%[89ab][\da-f]){3})/i;

/** Decodes one UTF-8 character in percent form (RFC 3986 §2.1). Bytes that are not UTF-8 stay. */
function readPercent(rest: string): Escape | undefined {
  const [bytes] = utf8Character.exec(rest) ?? [];
  if (bytes === undefined) return undefined;
  try {
    return { text: decodeURIComponent(bytes), length: bytes.length };
  } catch {
    return undefined; // an overlong form, or half of a surrogate pair
  }
}
