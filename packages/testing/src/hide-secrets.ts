import { formsOf } from './secret-forms.ts';
import type { SecretForm } from './secret-forms.ts';
import { printsOf } from './prints-of.ts';

/** A secret that shows, told without showing it. */
export interface Leak {
  /** Which secret: its place in the list and its length. */
  readonly secret: string;
  readonly form: SecretForm;
  /** How one comes to see it: `inspect`, `JSON.stringify`, …, or the path to it, such as `cause.message`. */
  readonly where: string;
  /** What stands around it, with █ for all secrets. Empty where it was found in bytes. */
  readonly excerpt: string;
}

/**
 * Every way in which something shows a secret: by whatever way of printing, copying or walking through it, as it is or in
 * a form that can be turned back.
 *
 * @param thing - an error, a response, a text of a log, anything
 * @param secrets - of at least 4 characters each
 * @throws TypeError when no secret is given, or one that is too short to be told from other text; when the thing holds
 *   too much to look through
 */
export function secretsShownBy(thing: unknown, secrets: readonly string[]): readonly Leak[] {
  mustBeSecrets(secrets);
  const { spotsIn, masked } = formsOf(secrets);
  const leaks = new Map<string, Leak>();
  for (const { where, text, isOfBytes } of printsOf(thing)) {
    for (const { secret, form, start, end } of spotsIn(text)) {
      const key = `${secret} ${form} ${where}`;
      if (leaks.has(key)) continue;
      const excerpt = isOfBytes ? '' : onOneLine(masked(text).slice(Math.max(0, start - 30), end + 30));
      const label = `secrets[${secret}] (${secrets[secret]?.length} characters)`;
      leaks.set(key, { secret: label, form, where: onOneLine(masked(where)).slice(-100), excerpt });
    }
  }
  return [...leaks.values()];
}

function mustBeSecrets(secrets: readonly unknown[]): void {
  if (secrets.length === 0) throw new TypeError('No secret was given to look for');
  for (const [index, secret] of secrets.entries()) {
    if (typeof secret !== 'string') throw new TypeError(`secrets[${index}] must be a string, not ${typeof secret}`);
    if (secret.length >= 4) continue;
    throw new TypeError(`secrets[${index}] has ${secret.length} characters; below 4, anything would match`);
  }
}

const onOneLine = (text: string): string => text.replace(/█+/g, '█').replace(/[\p{C}\s]+/gu, ' ');
