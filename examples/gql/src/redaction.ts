import { redact } from '@bearings/client/errors';

const maxChars = 500;

/** The credentials that were sent, and texts of the service without them. */
export interface Redaction {
  readonly remember: (credentials: readonly string[]) => void;
  /** On one line, without secrets and without control characters, which a terminal would obey. */
  readonly show: (text: string) => string;
}

/** Starts with no credential known. */
export function startRedaction(): Redaction {
  const known = new Set<string>();
  return {
    remember(credentials) {
      for (const credential of credentials) known.add(credential);
    },
    show(text) {
      const line = redact(text, [...known])
        .replaceAll(/[\s\p{C}]+/gu, ' ')
        .trim();
      return line.length > maxChars ? `${line.slice(0, maxChars).toWellFormed()}…` : line;
    },
  };
}
