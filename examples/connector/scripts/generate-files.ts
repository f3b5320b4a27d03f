import { z } from 'zod';
import { connectorSchema } from '../src/connector-schema.ts';
import { createFieldReference } from './field-reference.ts';

const command = 'pnpm --filter @bearings/example-connector generate';

/** The files generated from the schema, by their names in the folder of the example. */
export function generateFiles(): Readonly<Record<string, string>> {
  const { $schema, ...schema } = z.toJSONSchema(connectorSchema, { io: 'input' });
  const whole = { $schema, $id: 'urn:bearings:example:connector', ...schema };
  return {
    'schema.json': `${withShortLists(JSON.stringify(whole, undefined, 2))}\n`,
    'docs.md': `# The fields of a connector\n\nWritten by \`${command}\` from the schema.\n\n${createFieldReference(schema)}\n`,
  };
}

/** Puts lists of texts on one line, as a formatter does. */
function withShortLists(json: string): string {
  return json.replaceAll(
    /\[\n\s+("[^[\]{}]*?")\n\s+\]/g,
    (_all, items: string) => `[${items.replaceAll(/\n\s+/g, ' ')}]`,
  );
}
