import { expect } from 'vitest';
import { secretsShownBy } from './hide-secrets.ts';
import type { Leak } from './hide-secrets.ts';

declare module 'vitest' {
  // The parameters must be those of vitest itself.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /**
     * Promises that no secret shows in a value, by whatever way one prints, copies or walks through it: not as it is, and
     * not in base64, percent-encoded, escaped, as hex or as bytes. A text, such as that of a log, is a value too.
     *
     * A failure tells where and how each secret shows, never the secret.
     *
     * @param secrets - of at least 4 characters each
     * @throws TypeError when none is given, or a shorter one
     */
    toHideSecrets(secrets: string | readonly string[]): R;
  }
}

/** A failure that shows no more than this many leaks. */
const mostLines = 20;

expect.extend({
  toHideSecrets(thing: unknown, secrets: string | readonly string[]) {
    const leaks = secretsShownBy(thing, typeof secrets === 'string' ? [secrets] : secrets);
    return { pass: leaks.length === 0, message: () => messageOf(leaks) };
  },
});

function messageOf(leaks: readonly Leak[]): string {
  if (leaks.length === 0) return 'expected a secret to show, and none does';
  const lines = leaks.slice(0, mostLines).map(lineOf);
  if (leaks.length > mostLines) lines.push(`  and ${leaks.length - mostLines} more`);
  return ['expected no secret to show, but these do:', ...lines].join('\n');
}

function lineOf({ secret, form, where, excerpt }: Leak): string {
  const quoted = excerpt === '' ? '' : `: ${excerpt}`;
  return `  ${secret}, ${form}, at ${where}${quoted}`;
}
