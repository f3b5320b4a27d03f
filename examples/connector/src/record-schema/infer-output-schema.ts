import type { Output } from '../output.ts';
import { readLines } from '../read-lines.ts';
import { addValue, createSeenValues, toSchema } from './infer-schema.ts';
import type { InferredSchema, SeenValues } from './infer-schema.ts';
import { outputLine } from './output-line.ts';

/** A schema of an output: one for the records of each resource. */
interface OutputSchema {
  readonly $schema: string;
  readonly title: string;
  readonly $defs: Readonly<Record<string, InferredSchema>>;
}

/** The schema of all records of an output, up to this offset. */
export async function inferOutputSchema(output: Output, end: number, title: string): Promise<OutputSchema> {
  const seen = new Map<string, SeenValues>();
  for await (const text of readLines(output, end)) {
    const { resource, record } = outputLine.parse(JSON.parse(text));
    const values = seen.get(resource) ?? createSeenValues();
    seen.set(resource, values);
    addValue(values, record);
  }
  const $defs = Object.fromEntries([...seen].map(([resource, values]) => [resource, toSchema(values)]));
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title, $defs };
}
