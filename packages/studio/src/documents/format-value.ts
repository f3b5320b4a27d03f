import { Document, Scalar, isScalar, visit } from 'yaml';
import { isFields, isList } from './value.ts';
import type { Value } from './value.ts';

const format = { lineWidth: 0 } as const;

/** A value on one line, as it stands within brackets, or anywhere if it is a scalar. */
export function formatInline(value: Value, isJson: boolean): string {
  if (isJson) return JSON.stringify(value);
  const document = new Document([value]);
  visit(document, {
    Collection(_, node) {
      node.flow = true;
    },
  });
  return document.toString(format).trim().slice(1, -1).trim();
}

/** A scalar in the style of the one that it replaces: quoted if that was quoted. */
export function formatLike(previous: unknown, value: Value, isJson: boolean): string {
  if (isJson || !isScalar(previous) || typeof value !== 'string') return formatInline(value, isJson);
  const { type } = previous;
  if (type !== Scalar.QUOTE_DOUBLE && type !== Scalar.QUOTE_SINGLE) return formatInline(value, isJson);
  const scalar = new Scalar(value);
  scalar.type = type;
  return new Document(scalar).toString(format).trimEnd();
}

/** A value as lines below a field or a dash, without indentation. Lists of scalars stay on one line. */
function formatBlock(value: Value): readonly string[] {
  const document = new Document(value);
  visit(document, {
    Seq(_, node) {
      if (node.items.every(isScalar)) node.flow = true;
    },
  });
  return document.toString(format).trimEnd().split('\n');
}

/** A field as lines: `name: value`, or the name and the value indented below it. */
export function formatField(name: string, value: Value): readonly string[] {
  return formatBlock({ [name]: value });
}

/** An item of a list as lines that begin with a dash. */
export function formatItem(value: Value): readonly string[] {
  const [first = '', ...others] = formatBlock(value);
  return [`- ${first}`, ...others.map((line) => `  ${line}`)];
}

/** True for a value that needs lines of its own in a block. */
export const isLong = (value: Value): boolean =>
  (isFields(value) && Object.keys(value).length > 0) ||
  (isList(value) && value.some((item) => typeof item === 'object'));
