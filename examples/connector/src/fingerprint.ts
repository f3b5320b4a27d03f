import { createHash } from 'node:crypto';
import type { RestPull } from './connector-schema.ts';

const secretHeader = /auth|key|token|secret|cookie|password|signature|credential/i;

/**
 * Identifies a source by everything that decides which records arrive, and in which order.
 *
 * Secrets, their places, timeouts and retries are not part of it: they may change between a crash and the next run.
 */
export function fingerprint({ url, headers, oauth, resources }: RestPull): string {
  const publicHeaders = Object.entries(headers).filter(([name]) => !secretHeader.test(name));
  const client = oauth && [oauth.tokenUrl, oauth.clientId, oauth.scopes, oauth.audience];
  const text = JSON.stringify([url, publicHeaders.toSorted(byName), client, resources]);
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number => (a < b ? -1 : 1);
