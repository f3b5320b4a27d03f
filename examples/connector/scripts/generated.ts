import { z } from 'zod';
import { connectorSchema } from '../src/connector-schema.ts';
import { fieldReference } from './field-reference.ts';

const command = 'pnpm --filter @bearings/example-connector generate';

/** What is generated from the schema, by the name of its file in the folder of the example. */
export function generated(): Readonly<Record<string, string>> {
  const { $schema, ...schema } = z.toJSONSchema(connectorSchema, { io: 'input' });
  const whole = { $schema, $id: 'urn:bearings:example:connector', ...schema };
  return {
    'schema.json': `${withShortLists(JSON.stringify(whole, undefined, 2))}\n`,
    'docs.md': `# The fields of a connector\n\nWritten by \`${command}\` from the schema.\n\n${fieldReference(schema)}\n`,
  };
}

/** Lists of texts on one line, as a formatter would write them. */
function withShortLists(json: string): string {
  return json.replaceAll(
    /\[\n\s+("[^[\]{}]*?")\n\s+\]/g,
    (_all, items: string) => `[${items.replaceAll(/\n\s+/g, ' ')}]`,
  );
}
