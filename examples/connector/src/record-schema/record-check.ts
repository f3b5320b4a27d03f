import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { z } from 'zod';
import type { Output } from '../output.ts';
import { readLines } from '../read-lines.ts';
import { RunError } from '../run-error.ts';
import { outputLine } from './output-line.ts';

const outputSchema = z.looseObject({ $defs: z.record(z.string(), z.looseObject({})) });

/** Checks whether records match a schema. */
export type RecordCheck = (
  output: Output,
  range: { readonly start: number; readonly end: number },
) => Promise<SchemaReport>;

/** What a check has found. */
interface SchemaReport {
  readonly checked: number;
  readonly deviating: number;
  /** The first deviations, one for each place, without values. */
  readonly examples: readonly string[];
}

/** How many deviations are shown. */
const shownExamples = 10;

/**
 * Reads a schema that `inferOutputSchema` wrote, maybe changed by hand.
 *
 * @throws RunError `CONFIG` when the file is no such schema; nothing was sent
 */
export async function readRecordCheck(path: string): Promise<RecordCheck> {
  const validators = compile(await readSchema(path), path);
  return async (output, { start, end }) => {
    const report = { checked: 0, deviating: 0 };
    const examples = new Map<string, string>();
    let lineNumber = 0;
    for await (const text of readLines(output, end, start)) {
      lineNumber += 1;
      const { resource, record } = outputLine.parse(JSON.parse(text));
      report.checked += 1;
      const deviations = findDeviations(validators, resource, record);
      if (deviations.length > 0) report.deviating += 1;
      for (const deviation of deviations) {
        if (examples.size < shownExamples && !examples.has(deviation)) {
          examples.set(deviation, `${deviation} (first in new line ${lineNumber})`);
        }
      }
    }
    return { ...report, examples: [...examples.values()] };
  };
}

async function readSchema(path: string): Promise<z.output<typeof outputSchema>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new RunError(
      'CONFIG',
      `--check-schema: ${error instanceof Error ? error.message : 'the file cannot be read'}`,
    );
  }
  const read = outputSchema.safeParse(tryParseJson(text));
  if (read.success) return read.data;
  throw new RunError(
    'CONFIG',
    `${path} is not a schema of an output: it has no $defs with a schema for each resource`,
    ['Write one with --infer-schema'],
  );
}

function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function compile({ $defs }: z.output<typeof outputSchema>, path: string): ReadonlyMap<string, ValidateFunction> {
  const ajv = new Ajv2020({
    allErrors: true,
    allowUnionTypes: true,
    strict: true,
    strictNumbers: false,
    strictRequired: false,
  });
  const compileOne = ([resource, schema]: [string, object]): [string, ValidateFunction] => {
    try {
      return [resource, ajv.compile(schema)];
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'it cannot be compiled';
      throw new RunError('CONFIG', `${path}: the schema of ${resource} is not valid: ${reason}`);
    }
  };
  return new Map(Object.entries($defs).map(compileOne));
}

function findDeviations(
  validators: ReadonlyMap<string, ValidateFunction>,
  resource: string,
  record: unknown,
): readonly string[] {
  const validate = validators.get(resource);
  if (validate === undefined) return [`${resource}: the schema has no such resource`];
  if (validate(record)) return [];
  // positions in lists are left out, so that one place is one example
  return (validate.errors ?? []).map(
    ({ instancePath, message }) => `${resource}${instancePath.replaceAll(/\/\d+(?=\/|$)/g, '/*')}: ${message}`,
  );
}
