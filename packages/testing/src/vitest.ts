import { expect } from 'vitest';
import { findLeaks } from './leaks/find-leaks.ts';
import type { Leak } from './leaks/find-leaks.ts';

declare module 'vitest' {
  // The type parameters must be the same as in vitest.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /**
     * Asserts that a value shows no secret when it is printed, copied or walked through: neither plain nor in base64,
     * percent-encoded, escaped, as hex or as bytes. The value may be a text, such as a log.
     *
     * A failure says where and how each secret is visible, never the secret itself.
     *
     * @param secrets - at least 4 characters each
     * @throws TypeError if there is no secret, or a shorter one
     */
    toHideSecrets(secrets: string | readonly string[]): R;
  }
}

/** A failure lists at most this many leaks. */
const maxLines = 20;

expect.extend({
  toHideSecrets(value: unknown, secrets: string | readonly string[]) {
    const leaks = findLeaks(value, typeof secrets === 'string' ? [secrets] : secrets);
    return { pass: leaks.length === 0, message: () => formatMessage(leaks) };
  },
});

function formatMessage(leaks: readonly Leak[]): string {
  if (leaks.length === 0) return 'expected a secret to be visible, but none is';
  const lines = leaks.slice(0, maxLines).map(formatLeak);
  if (leaks.length > maxLines) lines.push(`  and ${leaks.length - maxLines} more`);
  return ['expected no secret to be visible, but found:', ...lines].join('\n');
}

function formatLeak({ secret, encoding, where, excerpt }: Leak): string {
  const quoted = excerpt === '' ? '' : `: ${excerpt}`;
  return `  ${secret}, ${encoding}, at ${where}${quoted}`;
}
