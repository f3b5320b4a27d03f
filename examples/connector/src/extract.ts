import type { Connection } from './connect-source.ts';
import type { Resource, RestPull } from './connector-schema.ts';
import { fetchPage } from './fetch-page.ts';
import type { PageRequest } from './fetch-page.ts';
import type { Journal, Place } from './journal.ts';
import { firstPosition, positionAfter, urlOf } from './position.ts';
import type { Page } from './position.ts';
import { RunError } from './run-error.ts';

/** Where a source without a crash begins. */
export function startOf({ resources }: RestPull): Place {
  return { resource: resources[0]?.name ?? '', position: firstPosition };
}

/**
 * Pulls what the journal does not have yet, one page at a time; only one is in memory.
 *
 * @throws RunError about a page that is not what the connector's file says; whatever the client throws. The journal
 * tells which page it was
 */
export async function extract(source: RestPull, connection: Connection, journal: Journal): Promise<void> {
  const visited = new Set<string>();
  for (let place = journal.checkpoint.next; place !== null; place = journal.checkpoint.next) {
    const resource = resourceOf(source, place);
    const answer = await fetchPage(connection, requestFor(source, place));
    visited.add(addressOf(source, place));
    const next = placeAfter(source, place, answer);
    // after a crash it knows fewer addresses: a loop that leads far back is then seen one lap later
    if (next !== null && visited.has(addressOf(source, next))) {
      throw new RunError('EXTRACTION', 'its next page is one that was pulled already, so it would never end');
    }
    await journal.commit({ lines: linesOf(resource, answer.records), records: answer.records.length, next });
  }
}

function requestFor(source: RestPull, place: Place): PageRequest {
  const resource = resourceOf(source, place);
  const { paging } = resource;
  const mayBeMissing = paging.type === 'page' && paging.afterLast === 'not_found' && place.position.page > 1;
  return { url: urlOf(source.url, resource, place.position), resource, mayBeMissing };
}

/** NDJSON: a line for each record, which says where it is from. */
function linesOf({ name }: Resource, records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify({ resource: name, record })}\n`).join('');
}

function addressOf(source: RestPull, place: Place): string {
  return `${place.resource} ${urlOf(source.url, resourceOf(source, place), place.position).href}`;
}

function resourceOf({ resources }: RestPull, place: Place): Resource {
  const resource = resources.find(({ name }) => name === place.resource);
  if (resource === undefined) throw new RunError('STATE', 'the checkpoint names a resource that the source has not');
  return resource;
}

/** The next page; after the last one the first of the next resource; `null` when that was all. */
function placeAfter(source: RestPull, { resource: name, position }: Place, answer: Page): Place | null {
  const following = positionAfter(position, resourceOf(source, { resource: name, position }), answer);
  if (following !== undefined) return { resource: name, position: following };
  const index = source.resources.findIndex((each) => each.name === name);
  const next = source.resources[index + 1];
  return next === undefined ? null : { resource: next.name, position: firstPosition };
}
