import { readDocument } from '@bearings/config';
import type { Environment } from '@bearings/config';
import type { Result } from 'ts-results';
import { connectorSchema } from './connector-schema.ts';
import type { Connector } from './connector-schema.ts';
import { RunError } from './run-error.ts';

/** Reads a connector's file, YAML or JSON. The error lists all problems, each with its line. */
export async function readConnector(path: string, env: Environment): Promise<Result<Connector, RunError>> {
  const read = await readDocument(path, connectorSchema, { env });
  return read.mapErr(({ message }) => new RunError('CONFIG', message));
}
