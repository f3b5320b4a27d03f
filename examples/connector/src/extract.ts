import type { Connection } from './connect-source.ts';
import type { Resource, RestPull } from './connector-schema.ts';
import { fetchPage } from './fetch-page.ts';
import type { PageRequest } from './fetch-page.ts';
import type { Journal, PagePlace } from './journal.ts';
import { firstPosition, nextPosition, pageUrl } from './position.ts';
import type { Page } from './position.ts';
import { RunError } from './run-error.ts';

/** The first page of the first resource. */
export function firstPlace({ resources }: RestPull): PagePlace {
  return { resource: resources[0]?.name ?? '', position: firstPosition };
}

/**
 * Pulls the pages that the journal does not have yet. Only one page is in memory.
 *
 * @throws RunError for a page that does not match the connector's file; errors of the client. The journal holds the
 * place of the page
 */
export async function extract(source: RestPull, connection: Connection, journal: Journal): Promise<void> {
  const visited = new Set<string>();
  for (let place = journal.checkpoint.next; place !== null; place = journal.checkpoint.next) {
    const resource = findResource(source, place);
    const page = await fetchPage(connection, createPageRequest(source, place));
    visited.add(pageKey(source, place));
    const next = nextPlace(source, place, page);
    // after a crash earlier URLs are not known, so a long loop is found one round later
    if (next !== null && visited.has(pageKey(source, next))) {
      throw new RunError('EXTRACTION', 'its next page was pulled before, so the run would never end');
    }
    await journal.commit({ lines: formatLines(resource, page.records), records: page.records.length, next });
  }
}

function createPageRequest(source: RestPull, place: PagePlace): PageRequest {
  const resource = findResource(source, place);
  const { paging } = resource;
  const mayBeMissing = paging.type === 'page' && paging.afterLast === 'not_found' && place.position.page > 1;
  return { url: pageUrl(source.url, resource, place.position), resource, mayBeMissing };
}

/** NDJSON: one line per record, with the name of its resource. */
function formatLines({ name }: Resource, records: readonly unknown[]): string {
  return records.map((record) => `${JSON.stringify({ resource: name, record })}\n`).join('');
}

function pageKey(source: RestPull, place: PagePlace): string {
  return `${place.resource} ${pageUrl(source.url, findResource(source, place), place.position).href}`;
}

function findResource({ resources }: RestPull, place: PagePlace): Resource {
  const resource = resources.find(({ name }) => name === place.resource);
  if (resource === undefined)
    throw new RunError('STATE', 'the checkpoint names a resource that the source does not have');
  return resource;
}

/** The next page, else the first page of the next resource, else `null`. */
function nextPlace(source: RestPull, { resource: name, position }: PagePlace, answer: Page): PagePlace | null {
  const following = nextPosition(position, findResource(source, { resource: name, position }), answer);
  if (following !== undefined) return { resource: name, position: following };
  const index = source.resources.findIndex((each) => each.name === name);
  const next = source.resources[index + 1];
  return next === undefined ? null : { resource: next.name, position: firstPosition };
}
