import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Library } from '../documents/library.ts';
import type { StudioDocument } from '../documents/studio-document.ts';
import { isFields } from '../documents/value.ts';
import type { Fields } from '../documents/value.ts';
import { RequestError, readEdit, readJson, readText } from '../server/read-json.ts';
import { openEvents, sendJson } from '../server/respond.ts';
import type { Route } from '../server/studio-server.ts';

/** Facts of the studio that the page shows. */
export interface StudioFacts {
  readonly watch: string | undefined;
  /** The command that starts it again. */
  readonly command: string;
  readonly idleMinutes: number;
}

/** The routes that read, check, write and try documents. */
export function documentRoutes(library: Library, facts: StudioFacts): readonly (readonly [string, Route])[] {
  const withDocument =
    (work: (document: StudioDocument, body: Fields, response: ServerResponse) => Promise<void>): Route =>
    async (request: IncomingMessage, response: ServerResponse) => {
      const body = await readJson(request);
      const document = library.find(readText(body, 'id'));
      if (document === undefined) throw new RequestError(404, 'There is no such document');
      await work(document, body, response);
    };
  return [
    ['GET /api/state', async (_, response) => sendJson(response, { ...facts, ...(await state(library)) })],
    ['POST /api/read', withDocument(async (document, _, response) => sendJson(response, await document.read()))],
    [
      'POST /api/check',
      withDocument(async (document, body, response) => sendJson(response, await document.check(readEdit(body)))),
    ],
    ['POST /api/save', withDocument(save)],
    ['POST /api/test', withDocument(test)],
    ['POST /api/preview', withDocument(preview)],
  ];
}

async function state(library: Library): Promise<object> {
  const documents = await Promise.all((await library.list()).map((document) => document.read()));
  const kinds = library.kinds.map(({ kind, rules, folder }) => ({
    kind,
    schema: rules.schema,
    canTest: rules.test !== undefined,
    canPreview: rules.preview !== undefined,
    isFolder: folder !== undefined,
    folder: folder ?? null,
  }));
  return { kinds, documents };
}

async function save(document: StudioDocument, body: Fields, response: ServerResponse): Promise<void> {
  const result = await document.save(readEdit(body), readText(body, 'version'));
  sendJson(response, result.state, result.isSaved ? 200 : 409);
}

async function test(document: StudioDocument, body: Fields, response: ServerResponse): Promise<void> {
  const run = document.rules.test;
  if (run === undefined) throw new RequestError(404, 'There is no test of this document');
  const draft = await document.draft(readEdit(body));
  const name = readText(body, 'name');
  const events = openEvents(response);
  try {
    for await (const event of run(draft, { name, signal: events.signal })) events.send(event.type, event);
    events.send('done', {});
  } catch (cause) {
    events.send('failed', { message: cause instanceof Error ? cause.message : 'the test could not run' });
  } finally {
    events.end();
  }
}

async function preview(document: StudioDocument, body: Fields, response: ServerResponse): Promise<void> {
  const run = document.rules.preview;
  if (run === undefined) throw new RequestError(404, 'There is no preview of this document');
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  const draft = await document.draft(readEdit(body));
  const shown = await run(draft, { resource: readText(body, 'resource'), signal: closed.signal });
  sendJson(response, isFields(shown) ? shown : {});
}
