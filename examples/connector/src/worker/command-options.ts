import { RunError } from '../run-error.ts';

/** The commands of the queue, each with its usage. */
const usages = {
  worker: `connector worker <connector.yaml…> [--out FOLDER] [--concurrency N] [--retries N] [--retry-delay S]
           [--take-over-after S] [--grace S] [--replace] [--database env:DATABASE_URL] [--schema NAME]`,
  enqueue: 'connector enqueue <name> [--resume] [--database env:DATABASE_URL] [--schema NAME]',
  schedule:
    'connector schedule <connector.yaml…> [--replace], or --remove <name>; [--database env:DATABASE_URL] [--schema NAME]',
  status: 'connector status [name] [--json | --serve PORT] [--limit N] [--database env:DATABASE_URL] [--schema NAME]',
} as const;

/** A command of the queue. */
export type QueueCommand = keyof typeof usages;

export const isQueueCommand = (command: string): command is QueueCommand => Object.hasOwn(usages, command);

/** The options of all commands: where the queue is. */
export const databaseOptions = {
  database: { type: 'string', default: 'env:DATABASE_URL' },
  schema: { type: 'string', default: 'bearings_connector' },
} as const;

/** An option with a value. */
export const textOption = <Default extends string>(
  value: Default,
): { readonly type: 'string'; readonly default: Default } => ({
  type: 'string',
  default: value,
});

/** An option without a value. */
export const flag = { type: 'boolean', default: false } as const;

/**
 * Runs `parseArgs` of a command.
 *
 * @throws RunError `CONFIG` for unknown options
 */
export function parseCommand<Parsed extends { readonly values: { readonly schema: string } }>(
  command: QueueCommand,
  parse: () => Parsed,
): Parsed {
  let parsed: Parsed;
  try {
    parsed = parse();
  } catch (error) {
    throw usageError(command, error instanceof Error ? error.message : 'The arguments cannot be read');
  }
  const { schema } = parsed.values;
  if (/^[a-z_][a-z0-9_]{0,49}$/.test(schema)) return parsed;
  throw usageError(command, `--schema must be a name in small letters, digits and _, not ${JSON.stringify(schema)}`);
}

export const usageError = (command: QueueCommand, message: string): RunError =>
  new RunError('CONFIG', message, [`usage: ${usages[command]}`]);

/** A whole number of an option, and its limits. */
export interface NumberOption {
  readonly name: string;
  readonly text: string;
  readonly min: number;
  readonly max: number;
}

/** @throws RunError `CONFIG` when the text is not such a number */
export function parseNumber(command: QueueCommand, { name, text, min, max }: NumberOption): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw usageError(command, `--${name} must be a whole number from ${min} to ${max}, not ${JSON.stringify(text)}`);
}
