import { printSchema } from 'graphql';
import { prettyJson } from './pretty-json.ts';
import { findEndpoint, openConfig } from './open-config.ts';
import type { ConfigArguments } from './open-config.ts';
import { readSchema } from './read-schema.ts';
import { startRedaction } from './redaction.ts';
import type { Terminal } from './terminal.ts';

/** The arguments of `gql schema`. */
export interface SchemaArguments extends ConfigArguments {
  readonly endpoint: string;
  readonly refresh?: boolean;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/**
 * `gql schema`: prints the schema of an endpoint, as a document or as the answer to the introspection.
 *
 * @throws CommandError when the service does not show its schema
 */
export async function printEndpointSchema(args: SchemaArguments, terminal: Terminal): Promise<void> {
  const { endpoint, refresh = false, json = false, verbose = false } = args;
  const config = await openConfig(args, terminal);
  findEndpoint(endpoint, config);
  const options = { endpoint, config, redaction: startRedaction(), verbose, refresh };
  const { schema, introspection } = await readSchema(options, terminal);
  terminal.print(`${json ? prettyJson(introspection) : printable(printSchema(schema))}\n`);
}

/** Descriptions come from the service: a terminal would obey their control characters. */
const printable = (text: string): string =>
  text.replaceAll(
    /[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069]/gu,
    (letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`,
  );
