import { readFile } from 'node:fs/promises';
import { readDocument } from '@bearings/config';
import type { Environment, Problem } from '@bearings/config';
import { connectorSchema, previewResource } from '@bearings/example-connector';
import type { Connector } from '@bearings/example-connector';
import type { CheckEvent, DocumentKind, Draft, Preview } from '@bearings/studio';

/** Documents of another system in the studio: its schema, its checks, and a preview of records. */
export async function connectorKind(env: Environment): Promise<DocumentKind> {
  const schema = JSON.parse(
    await readFile(new URL(import.meta.resolve('@bearings/example-connector/schema.json')), 'utf8'),
  );
  const read = (file: string, text: string) => readDocument(file, connectorSchema, { env, text });
  return {
    schema,
    async check(file, text) {
      const connector = await read(file, text);
      return connector.isErr() ? connector.error.problems : [];
    },
    async *test(draft, { signal }) {
      const connector = await read(draft.file, draft.text);
      if (connector.isErr()) yield* connector.error.problems.map(toFailedCheck);
      else yield* testConnector(connector.value, { env, signal });
    },
    async preview(draft: Draft, { resource, signal }) {
      const connector = await read(draft.file, draft.text);
      if (connector.isErr()) return firstProblem(connector.error.problems);
      return readPreview(connector.value, { env, resource, signal });
    },
  };
}

interface PreviewContext {
  readonly env: Environment;
  readonly resource?: string;
  readonly signal: AbortSignal;
}

async function readPreview(connector: Connector, context: PreviewContext): Promise<Preview> {
  const startedAt = performance.now();
  const preview = await previewResource(connector, { ...context, limit: 100 });
  if (preview.isErr()) return { problem: preview.error.message, remedy: 'Test the connector to see each check' };
  const { records, pageRecords, hasNext, url } = preview.value;
  const tookMs = Math.round(performance.now() - startedAt);
  const next = hasNext ? 'There is a next page.' : 'It is the last page.';
  return {
    records: records.map((record): unknown => JSON.parse(record)),
    message: `${pageRecords} records in ${tookMs} ms from \`${url}\`. ${next}`,
  };
}

function firstProblem(problems: readonly Problem[]): Preview {
  const [problem] = problems;
  return { problem: `${problem?.path ?? 'the file'} ${problem?.found ?? 'is wrong'}`, remedy: problem?.expected ?? '' };
}

function toFailedCheck({ path, found, expected, suggestion }: Problem): CheckEvent {
  const remedy = suggestion === undefined ? expected : `did you mean ${suggestion}?`;
  return { type: 'check', subject: 'Config', check: 'config', verdict: 'failed', message: `${path} ${found}`, remedy };
}

/** A check of the file, and one of each resource: can its first page be read? */
async function* testConnector(connector: Connector, context: PreviewContext): AsyncGenerator<CheckEvent> {
  const { source } = connector.spec;
  const subject = `Connector ${connector.metadata.name}: ${source.mode}`;
  yield { type: 'check', subject, check: 'config', verdict: 'ok', message: 'the file is right' };
  if (source.mode !== 'rest_pull') {
    const message = `there is nothing to try of ${source.mode} from here`;
    yield { type: 'check', subject, check: 'source', verdict: 'skipped', message };
    return;
  }
  for (const { name } of source.resources) {
    const startedAt = performance.now();
    const preview = await readPreview(connector, { ...context, resource: name });
    const tookMs = performance.now() - startedAt;
    if ('problem' in preview) {
      const remedy = 'Check url, the credential and its scopes, and the path of the resource';
      yield { type: 'check', subject, check: name, verdict: 'failed', message: preview.problem, remedy, tookMs };
    } else yield { type: 'check', subject, check: name, verdict: 'ok', message: preview.message, tookMs };
  }
}
