import { createHash } from 'node:crypto';
import type { RestPull } from './connector-schema.ts';

const secretHeader = /auth|key|token|secret|cookie|password|signature|credential/i;

/**
 * Tells one source from another: what decides which records come, and in which order.
 *
 * Not in it are secrets, where they are, and patience (timeouts, retries): these may change between a crash and the run
 * that goes on.
 */
export function fingerprintOf({ url, headers, oauth, resources }: RestPull): string {
  const telling = Object.entries(headers).filter(([name]) => !secretHeader.test(name));
  const who = oauth && [oauth.tokenUrl, oauth.clientId, oauth.scopes, oauth.audience];
  const text = JSON.stringify([url, telling.toSorted(byName), who, resources]);
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number => (a < b ? -1 : 1);
