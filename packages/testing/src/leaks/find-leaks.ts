import { createSecretSearch } from './secret-search.ts';
import type { SecretEncoding } from './secret-search.ts';
import { serializations } from './serializations.ts';

/** A place where a secret is visible. Does not contain the secret. */
export interface Leak {
  /** The secret: its index in the list and its length. */
  readonly secret: string;
  readonly encoding: SecretEncoding;
  /** How it is visible: `inspect`, `JSON.stringify`, …, or its path, such as `cause.message`. */
  readonly where: string;
  /** The text around it, with █ for each secret. Empty if the secret was found in bytes. */
  readonly excerpt: string;
}

/**
 * Finds every place where a value shows a secret: when the value is printed, copied or walked through. The secret may be
 * plain or in a reversible encoding.
 *
 * @param value - an error, a response, a log text, or anything else
 * @param secrets - at least 4 characters each
 * @throws TypeError if there is no secret, if a secret is too short to search for, or if the value is too large to
 *   search
 */
export function findLeaks(value: unknown, secrets: readonly string[]): readonly Leak[] {
  assertSecrets(secrets);
  const { findMatches, mask } = createSecretSearch(secrets);
  const leaks = new Map<string, Leak>();
  for (const { where, text, isBinary } of serializations(value)) {
    for (const { secret, encoding, start, end } of findMatches(text)) {
      const key = `${secret} ${encoding} ${where}`;
      if (leaks.has(key)) continue;
      const excerpt = isBinary ? '' : toOneLine(mask(text).slice(Math.max(0, start - 30), end + 30));
      const label = `secrets[${secret}] (${secrets[secret]?.length} characters)`;
      leaks.set(key, { secret: label, encoding, where: toOneLine(mask(where)).slice(-100), excerpt });
    }
  }
  return [...leaks.values()];
}

function assertSecrets(secrets: readonly unknown[]): void {
  if (secrets.length === 0) throw new TypeError('No secret to search for was passed');
  for (const [index, secret] of secrets.entries()) {
    if (typeof secret !== 'string') throw new TypeError(`secrets[${index}] must be a string, not ${typeof secret}`);
    if (secret.length >= 4) continue;
    throw new TypeError(`secrets[${index}] has ${secret.length} characters; with fewer than 4, other text would match`);
  }
}

const toOneLine = (text: string): string => text.replace(/█+/g, '█').replace(/[\p{C}\s]+/gu, ' ');
