import { fromBase64, toBase64 } from '../security/base64.ts';
import type { DecodedText } from './decoded-text.ts';
import { decodeLevels } from './decoded-text.ts';

/** A part of a text that must not be shown. */
export interface SecretRange {
  readonly start: number;
  readonly end: number;
}

/** One form of a secret, prepared for the search. */
interface Needle {
  readonly codes: Uint16Array;
  /** For each index, the length of the longest prefix that is also a suffix of the needle up to this index. */
  readonly fallbacks: Uint32Array;
}

/** Shorter texts are part of too many words: hiding them would reveal them. */
const minSecretChars = 3;
/** A server may truncate a secret that it sends back: the start of a secret is hidden from this length on. */
const minPrefixChars = 12;

/**
 * Finds known credentials and secrets in a text, with any escapes. Takes time linear in the length of the text.
 *
 * @param levels - the text and its decoded forms
 * @param secrets - as they were sent: `Bearer x` stands for `x` too, and `Basic x` for the password in it
 */
export function findKnownSecrets(levels: readonly DecodedText[], secrets: readonly string[]): readonly SecretRange[] {
  const forms = [...new Set(secrets.flatMap(secretForms))];
  if (forms.length === 0) return [];
  // almost no text contains the start of a secret, and then the whole secrets need not be prepared
  const searched = forms.map((form) => ({ form, start: createNeedle(form.slice(0, minPrefixChars)) }));
  return levels.flatMap(({ text, sourceAt }) => {
    const codes = fold(text);
    const present = searched.filter(({ start }) => findNeedle(codes, start, sourceAt).length > 0);
    return present.flatMap(({ form }) => findNeedle(codes, createNeedle(form), sourceAt));
  });
}

/** The forms in which a secret may come back, without escapes. */
function secretForms(sent: string): readonly string[] {
  const [, scheme = '', bare = sent] = /^(\S+) (.+)$/s.exec(sent) ?? [];
  const pair = scheme.toLowerCase() === 'basic' ? fromBase64(bare) : '';
  const password = pair.slice(pair.indexOf(':') + 1);
  const plain = [sent, bare, password].flatMap((form) => decodeLevels(form).map(({ text }) => text));
  const base64 = plain.map(toBase64);
  const forms = [...plain, ...base64, ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
  const unpadded = forms.map((form) => form.replace(/={1,2}$/, ''));
  return [...forms, ...unpadded].filter(({ length }) => length >= minSecretChars);
}

/** Builds the table of the Knuth-Morris-Pratt search, which compares each character of a text at most twice. */
function createNeedle(text: string): Needle {
  const codes = fold(text);
  const fallbacks = new Uint32Array(codes.length);
  let matched = 0;
  for (let index = 1; index < codes.length; index += 1) {
    while (matched > 0 && codes[index] !== codes[matched]) matched = fallbacks[matched - 1] ?? 0;
    if (codes[index] === codes[matched]) matched += 1;
    fallbacks[index] = matched;
  }
  return { codes, fallbacks };
}

function findNeedle(text: Uint16Array, needle: Needle, sourceAt: DecodedText['sourceAt']): readonly SecretRange[] {
  const { codes, fallbacks } = needle;
  const found: SecretRange[] = [];
  const enough = Math.min(codes.length, minPrefixChars);
  let matched = 0;
  for (let index = 0; index <= text.length; index += 1) {
    while (matched > 0 && (matched === codes.length || text[index] !== codes[matched])) {
      if (matched >= enough) found.push({ start: sourceAt(index - matched), end: sourceAt(index) });
      matched = fallbacks[matched - 1] ?? 0;
    }
    if (text[index] === codes[matched]) matched += 1;
  }
  return found;
}

/** Lower-cases letters, and turns `+`, the space of forms, into a space: some servers change both. */
function fold(text: string): Uint16Array {
  const codes = new Uint16Array(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    const isUpper = code >= 0x41 && code <= 0x5a;
    codes[index] = code === 0x2b ? 0x20 : isUpper ? code + 0x20 : code;
  }
  return codes;
}
