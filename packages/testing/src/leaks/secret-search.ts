import { decodings } from './decodings.ts';
import type { Decoding } from './decodings.ts';

/** The encoding of a secret that was found. */
export type SecretEncoding = 'plain' | 'percent-encoded' | 'escaped' | 'base64' | 'base64url' | 'hex' | 'decimal bytes';

/** The place of a secret in a text. */
interface Match {
  /** The index of the secret. */
  readonly secret: number;
  readonly encoding: SecretEncoding;
  readonly start: number;
  readonly end: number;
}

/** Searches texts for some secrets, in any encoding. */
export interface SecretSearch {
  readonly findMatches: (text: string) => readonly Match[];
  /** Replaces every character that may belong to a secret by █. The length stays the same. */
  readonly mask: (text: string) => string;
}

/** One encoding of one secret. */
interface EncodedSecret {
  readonly secret: number;
  readonly text: string;
  /** `undefined`: the encoding of the text in which it is found. */
  readonly encoding: SecretEncoding | undefined;
}

/**
 * Creates a search for secrets. It finds them plain, percent-encoded (in a URL or form, also twice), escaped (in JSON or
 * a printed string), as hex, as a list of numbers, and in base64 at any position of a longer text, such as
 * `Basic base64(id:secret)`.
 */
export function createSecretSearch(secrets: readonly string[]): SecretSearch {
  const encodedSecrets = secrets.flatMap(encodeSecret);
  const findMatches = (text: string): readonly Match[] =>
    decodings(text).flatMap((reading) => encodedSecrets.flatMap((needle) => findEncodedSecret(needle, reading, text)));
  return {
    findMatches,
    mask(text) {
      const characters = text.split('');
      let maskedTo = 0;
      for (const match of findMatches(text).toSorted((one, other) => one.start - other.start)) {
        if (match.end <= maskedTo) continue;
        const [from, to] = maskedRange(match, text);
        characters.fill('█', from, to);
        maskedTo = to;
      }
      return characters.join('');
    },
  };
}

function findEncodedSecret(
  { secret, text: needle, encoding }: EncodedSecret,
  decoded: Decoding,
  original: string,
): readonly Match[] {
  const isOfNumbers = encoding === 'decimal bytes';
  if ((decoded.encoding === 'decimal bytes') !== isOfNumbers) return [];
  const matches: Match[] = [];
  for (let at = decoded.text.indexOf(needle); at >= 0; at = decoded.text.indexOf(needle, at + 1)) {
    const [start, end] = decoded.toSourceRange(at, at + needle.length);
    const isKnown = decoded.encoding !== 'plain' && original.slice(start, end) === needle; // already found in the plain text
    if (isOfNumbers || !isKnown) matches.push({ secret, encoding: encoding ?? decoded.encoding, start, end });
  }
  return matches;
}

/** The range to mask. A base64 character at the edge contains a part of the secret, so the whole base64 text is masked. */
function maskedRange({ encoding, start, end }: Match, text: string): readonly [from: number, to: number] {
  if (encoding !== 'base64' && encoding !== 'base64url') return [start, end];
  const isBase64At = (index: number): boolean => /[\w+/=%\\-]/.test(text.charAt(index));
  let [from, to] = [start, end];
  while (isBase64At(from - 1)) from -= 1;
  while (isBase64At(to)) to += 1;
  return [from, to];
}

function encodeSecret(text: string, secret: number): readonly EncodedSecret[] {
  const bytes = Buffer.from(text);
  const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
  const hex = ['', ' ', ':'].map((between) => pairs.join(between));
  const base64 = base64Cores(text);
  const base64url = base64.map((core) => core.replaceAll('+', '-').replaceAll('/', '_'));
  return [
    { secret, text, encoding: undefined },
    ...base64.map((core) => ({ secret, text: core, encoding: 'base64' as const })),
    ...base64url
      .filter((core) => !base64.includes(core))
      .map((core) => ({ secret, text: core, encoding: 'base64url' as const })),
    ...[...hex, ...hex.map((each) => each.toUpperCase())].map((each) => ({
      secret,
      text: each,
      encoding: 'hex' as const,
    })),
    { secret, text: [...bytes].join(','), encoding: 'decimal bytes' },
  ];
}

/** The base64 characters that contain only the secret, for each of the three possible alignments. */
function base64Cores(secret: string): readonly string[] {
  const latin1 = Buffer.from(secret, 'latin1');
  const contents = [
    Buffer.from(secret),
    ...(latin1.toString('latin1') === secret ? [latin1] : []), // the encoding of `btoa`
    Buffer.from(JSON.stringify(secret).slice(1, -1)),
    ...percentEncodings(secret).map((text) => Buffer.from(text)), // RFC 6749 §2.3.1: Basic credentials are form-encoded first
  ];
  const cores = contents.flatMap((bytes) =>
    [0, 1, 2].map((before) => {
      const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
      return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    }),
  );
  return [...new Set(cores)];
}

/** The results of `encodeURIComponent`, of form encoding, and of strict encoders. */
function percentEncodings(secret: string): readonly string[] {
  const component = encodeURIComponent(secret.toWellFormed());
  const form = new URLSearchParams([['', secret]]).toString().slice(1);
  const strict = component.replace(/[-_.!~*'()]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return [component, form, strict, strict.replaceAll('%20', '+')];
}
