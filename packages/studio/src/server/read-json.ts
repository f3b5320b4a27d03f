import type { IncomingMessage } from 'node:http';
import { isFields, isList } from '../documents/value.ts';
import type { Fields, Value } from '../documents/value.ts';
import type { Edit } from '../documents/studio-document.ts';

/** A request that is not what the page sends. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const maxBytes = 4 * 1024 * 1024;

/**
 * The body of a request as an object.
 *
 * @throws RequestError when it is larger than 4 MiB, or no JSON object
 */
export async function readJson(request: IncomingMessage): Promise<Fields> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maxBytes) throw new RequestError(413, 'The body is larger than 4 MiB');
    chunks.push(bytes);
  }
  const value = parse(Buffer.concat(chunks).toString('utf8'));
  if (!isFields(value)) throw new RequestError(400, 'The body must be a JSON object');
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestError(400, 'The body is not JSON');
  }
}

/** A text field. */
export function readText(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value === 'string') return value;
  throw new RequestError(400, `${name} must be a text`);
}

/** The edit of a document: `base` with `text`, or with `value`. */
export function readEdit(fields: Fields): Edit {
  const base = readText(fields, 'base');
  if ('text' in fields) return { base, text: readText(fields, 'text') };
  const { value } = fields;
  if (value === undefined || isFields(value)) return { base, value };
  throw new RequestError(400, 'value must be a group of fields');
}

/** A list of texts. */
export function readTexts(value: Value | undefined): readonly string[] {
  return isList(value) ? value.filter((item) => typeof item === 'string') : [];
}
