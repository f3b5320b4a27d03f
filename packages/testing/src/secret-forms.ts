import { readingsOf } from './readings.ts';
import type { Reading } from './readings.ts';

/** The way in which a secret is written where it shows. */
export type SecretForm = 'plain' | 'percent-encoded' | 'escaped' | 'base64' | 'base64url' | 'hex' | 'decimal bytes';

/** Where in a text a secret shows. */
interface Spot {
  /** Which secret, by its index. */
  readonly secret: number;
  readonly form: SecretForm;
  readonly start: number;
  readonly end: number;
}

/** Looks for some secrets in any form they may take. */
export interface SecretForms {
  readonly spotsIn: (text: string) => readonly Spot[];
  /** The same text, as long as it was, with █ for every character that belongs to a secret, or may. */
  readonly masked: (text: string) => string;
}

/** One way to write one secret. */
interface Needle {
  readonly secret: number;
  readonly text: string;
  /** Fixed, or that of the reading in which it was found. */
  readonly form: SecretForm | undefined;
}

/**
 * A search for secrets that finds them also when they were percent-encoded (in a URL or a form, twice as well), escaped
 * (in JSON or in a printed string), written as hex or as numbers, or put in base64 at any place of a longer text, such
 * as `Basic base64(id:secret)`.
 */
export function formsOf(secrets: readonly string[]): SecretForms {
  const needles = secrets.flatMap(needlesOf);
  const spotsIn = (text: string): readonly Spot[] =>
    readingsOf(text).flatMap((reading) => needles.flatMap((needle) => spotsOf(needle, reading, text)));
  return {
    spotsIn,
    masked(text) {
      const signs = text.split('');
      let done = 0;
      for (const spot of spotsIn(text).toSorted((one, other) => one.start - other.start)) {
        if (spot.end <= done) continue;
        const [from, to] = reachOf(spot, text);
        signs.fill('█', from, to);
        done = to;
      }
      return signs.join('');
    },
  };
}

function spotsOf({ secret, text: needle, form }: Needle, reading: Reading, original: string): readonly Spot[] {
  const isOfNumbers = form === 'decimal bytes';
  if ((reading.how === 'decimal bytes') !== isOfNumbers) return [];
  const spots: Spot[] = [];
  for (let at = reading.text.indexOf(needle); at >= 0; at = reading.text.indexOf(needle, at + 1)) {
    const [start, end] = reading.sourceOf(at, at + needle.length);
    const isKnown = reading.how !== 'plain' && original.slice(start, end) === needle; // from the plain reading
    if (isOfNumbers || !isKnown) spots.push({ secret, form: form ?? reading.how, start, end });
  }
  return spots;
}

/** From where to where something of the secret may be read: a base64 character at the edge holds a part of it. */
function reachOf({ form, start, end }: Spot, text: string): readonly [from: number, to: number] {
  if (form !== 'base64' && form !== 'base64url') return [start, end];
  const isBase64At = (index: number): boolean => /[\w+/=%\\-]/.test(text.charAt(index));
  let [from, to] = [start, end];
  while (isBase64At(from - 1)) from -= 1;
  while (isBase64At(to)) to += 1;
  return [from, to];
}

function needlesOf(text: string, secret: number): readonly Needle[] {
  const bytes = Buffer.from(text);
  const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
  const hex = ['', ' ', ':'].map((between) => pairs.join(between));
  const base64 = base64Cores(text);
  const base64url = base64.map((core) => core.replaceAll('+', '-').replaceAll('/', '_'));
  return [
    { secret, text, form: undefined },
    ...base64.map((core) => ({ secret, text: core, form: 'base64' as const })),
    ...base64url
      .filter((core) => !base64.includes(core))
      .map((core) => ({ secret, text: core, form: 'base64url' as const })),
    ...[...hex, ...hex.map((each) => each.toUpperCase())].map((each) => ({ secret, text: each, form: 'hex' as const })),
    { secret, text: [...bytes].join(','), form: 'decimal bytes' },
  ];
}

/** What stands in base64, whatever comes before and after the secret: the characters that hold nothing else, thrice. */
function base64Cores(secret: string): readonly string[] {
  const latin1 = Buffer.from(secret, 'latin1');
  const inside = [
    Buffer.from(secret),
    ...(latin1.toString('latin1') === secret ? [latin1] : []), // as `btoa` takes it
    Buffer.from(JSON.stringify(secret).slice(1, -1)),
    ...percentWritings(secret).map((text) => Buffer.from(text)), // RFC 6749 §2.3.1: encoded before it becomes Basic
  ];
  const cores = inside.flatMap((bytes) =>
    [0, 1, 2].map((before) => {
      const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
      return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
    }),
  );
  return [...new Set(cores)];
}

/** As `encodeURIComponent`, a form, and the strictest encoders write it. */
function percentWritings(secret: string): readonly string[] {
  const component = encodeURIComponent(secret.toWellFormed());
  const form = new URLSearchParams([['', secret]]).toString().slice(1);
  const strict = component.replace(/[-_.!~*'()]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return [component, form, strict, strict.replaceAll('%20', '+')];
}
