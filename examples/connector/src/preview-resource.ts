import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { systemClock } from '@bearings/client';
import type { Environment } from '@bearings/config';
import { firstPosition, nextStep } from '@bearings/client/paging';
import type { Page } from '@bearings/client/paging';
import { connectSource } from './connect-source.ts';
import type { Connection } from './connect-source.ts';
import type { Connector, RestPull } from './connector-schema.ts';
import { asRunError, describeFailure } from './describe-failure.ts';
import { fetchPage } from './fetch-page.ts';
import { createChildTasks, planPage } from './plan-page.ts';
import { RunError } from './run-error.ts';
import { describeTask, findResource } from './task.ts';
import type { Task } from './task.ts';

/** What a preview needs besides its connector. */
export interface PreviewOptions {
  readonly env: Environment;
  /** The name of the resource. Default: the first one. */
  readonly resource?: string | undefined;
  /** The largest number of records to return. Default: 20. */
  readonly limit?: number | undefined;
  /** Ends the preview. Default: never. */
  readonly signal?: AbortSignal | undefined;
}

/** The first page of a resource. Nothing is written. */
export interface Preview {
  readonly resource: string;
  /** The address of the page, without what may be a secret. */
  readonly url: string;
  /** The first records as JSON texts, in which all numbers are unchanged. */
  readonly records: readonly string[];
  /** The number of records of the page. */
  readonly pageRecords: number;
  /** True when the page names a next one, or another request has to show that there is none. */
  readonly hasNext: boolean;
  readonly warnings: readonly string[];
}

/**
 * Requests the first page of a resource and finds its records, to show whether a connector's file is right.
 *
 * A resource with a parent is pulled for the first record of its parent.
 */
export async function previewResource(
  connector: Connector,
  options: PreviewOptions,
): Promise<Result<Preview, RunError>> {
  const { source } = connector.spec;
  if (source.mode !== 'rest_pull') {
    return Err(new RunError('CONFIG', `spec.source.mode is ${source.mode}; a preview needs rest_pull`));
  }
  const { env, resource: name = source.resources[0]?.name ?? '', signal = new AbortController().signal } = options;
  const warnings: string[] = [];
  try {
    assertResource(source, name);
    const connection = await connectSource(source, {
      env,
      signal,
      warn: (line) => void warnings.push(line),
      clock: systemClock,
      onThrottled: ({ status, waitMs }) => void warnings.push(`${status}: waited ${waitMs / 1_000} s`),
    });
    try {
      const page = await previewPage(source, connection, name);
      const { limit = 20 } = options;
      const records = page.records.slice(0, limit).map((record) => JSON.stringify(record));
      return Ok({
        resource: name,
        url: page.url,
        records,
        pageRecords: page.records.length,
        hasNext: page.hasNext,
        warnings,
      });
    } finally {
      await connection.close();
    }
  } catch (error) {
    return Err(signal.aborted ? new RunError('ABORTED', 'The preview was stopped') : asRunError(error));
  }
}

function assertResource({ resources }: RestPull, name: string): void {
  const names = resources.map((each) => each.name);
  if (!names.includes(name)) {
    throw new RunError('CONFIG', `There is no resource ${JSON.stringify(name)}; the source has ${names.join(', ')}`);
  }
}

interface PreviewPage {
  readonly url: string;
  readonly records: readonly unknown[];
  readonly hasNext: boolean;
}

async function previewPage(source: RestPull, connection: Connection, name: string): Promise<PreviewPage> {
  const task = await findTask(source, connection, name);
  return describeErrors(task, connection, async () => {
    const plan = planPage(source, task, undefined);
    const page = await fetchPage(connection, plan);
    const { records, next } = nextStep(page, plan);
    return { url: connection.show(plan.request.url.href), records, hasNext: next !== undefined };
  });
}

/** The first task of a resource; for one with a parent, from the parent's first record. */
async function findTask(source: RestPull, connection: Connection, name: string): Promise<Task> {
  const { parent } = findResource(source, { resource: name });
  if (parent === undefined) return { resource: name, position: firstPosition };
  const task = await findTask(source, connection, parent.resource);
  const children = await describeErrors(task, connection, async () => {
    const page: Page = await fetchPage(connection, planPage(source, task, undefined));
    return createChildTasks(source, task, page.records.slice(0, 1));
  });
  const child = children.find(({ resource }) => resource === name);
  if (child !== undefined) return child;
  throw new RunError('EXTRACTION', `${describeTask(task)} has no records, so ${name} has no parent to be pulled for`);
}

async function describeErrors<T>(task: Task, connection: Connection, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw await describeFailure(error, describeTask(task), connection);
  }
}
