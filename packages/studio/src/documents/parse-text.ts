import { isNode, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { isFields } from './value.ts';
import type { Value } from './value.ts';

/** The YAML that configs are written in, which includes JSON. */
export const yamlOptions = {
  schema: 'core',
  version: '1.2',
  stringKeys: true,
  uniqueKeys: false,
  merge: false,
  keepSourceTokens: true,
} as const;

/** A text that could be parsed. */
export interface ParsedText {
  readonly document: Document.Parsed;
  readonly value: Value | undefined;
}

/** Parses a text; `undefined` when its syntax is wrong. An empty text has the value `undefined`. */
export function parseText(text: string): ParsedText | undefined {
  try {
    const document = parseDocument(text, yamlOptions);
    if (document.errors.length > 0) return undefined;
    return { document, value: isNode(document.contents) ? toValue(document.toJS({ maxAliasCount: 100 })) : undefined };
  } catch {
    return undefined; // nested too deeply, or aliases that expand too far
  }
}

/** The same without what JSON has not: such values come from YAML only, and no schema has them. */
export function toValue(given: unknown): Value | undefined {
  if (Array.isArray(given)) return given.map((item) => toValue(item) ?? null);
  if (isFields(given)) return Object.fromEntries(Object.entries(given).map(([name, item]) => [name, toValue(item)]));
  if (typeof given === 'number' || typeof given === 'string' || typeof given === 'boolean') return given;
  return given === null ? null : undefined;
}
