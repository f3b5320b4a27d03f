import { createHash } from 'node:crypto';
import type { RestPull } from './connector-schema.ts';
import type { Resource } from './schema/resource-schema.ts';

const secretHeader = /auth|key|token|secret|cookie|password|signature|credential/i;

/**
 * Identifies a source by everything that decides which records arrive, and in which order.
 *
 * Secrets, their places, limits, timeouts and retries are not part of it: they may change between a crash and the next run.
 */
export function fingerprint({ url, headers, oauth, resources }: RestPull): string {
  const publicHeaders = Object.entries(headers).filter(([name]) => !secretHeader.test(name));
  const client = oauth && [oauth.tokenUrl, oauth.clientId, oauth.scopes, oauth.audience];
  const text = JSON.stringify([url, publicHeaders.toSorted(byName), client, resources.map(withoutLimits)]);
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** The fields that decide which records there are. The others may change while there is a checkpoint. */
function withoutLimits({ maxPages, maxEmptyPages, expiredCursor, dedupe, incremental, ...fields }: Resource): unknown {
  void [maxPages, maxEmptyPages, expiredCursor, dedupe];
  return { ...fields, incremental: incremental && [incremental.field, incremental.param, incremental.value] };
}

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number => (a < b ? -1 : 1);
