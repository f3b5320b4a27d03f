import { createHash } from 'node:crypto';

/** Identifies a text by 128 bits of its SHA-256. */
export function digestText(text: string): string {
  // not sliced: a part of a string keeps the whole one in memory
  return createHash('sha256').update(text).digest().toString('base64url', 0, 16);
}
