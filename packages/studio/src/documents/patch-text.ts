import { isAlias, isCollection, isMap, isNode, isScalar, isSeq, parseDocument } from 'yaml';
import type { YAMLMap, YAMLSeq } from 'yaml';
import { editDocument, editWithoutAliases } from './edit-document.ts';
import { formatField, formatInline, formatItem, formatLike, isLong } from './format-value.ts';
import { parseText, yamlOptions } from './parse-text.ts';
import { contentEnd, findNode, isFlow, itemStart, lineEnd, lineStart } from './text-splices.ts';
import type { Found } from './text-splices.ts';
import { applyChanges, findChanges } from './value-changes.ts';
import type { Change } from './value-changes.ts';
import { isFields, isList, isSame } from './value.ts';
import type { Path, Value } from './value.ts';

/** A document's text and its format. */
export interface SourceText {
  readonly text: string;
  /** JSON has no comments, and names and texts are quoted. */
  readonly isJson: boolean;
}

/**
 * The text with another value: only the lines of what differs change. Comments, order, quotes and blank lines stay. With
 * the value that the text has, it is the same text, byte for byte.
 *
 * `undefined` when the text has a syntax error.
 */
export function patchText(source: SourceText, value: Value | undefined): string | undefined {
  const { text } = source;
  const isCrLf = /\r\n/.test(text) && !/(?:^|[^\r])\n/.test(text);
  if (!isCrLf) return patchLines(source, value);
  return patchLines({ ...source, text: text.replaceAll('\r\n', '\n') }, value)?.replaceAll('\n', '\r\n');
}

/** The same for a text whose lines end in line feeds. */
function patchLines({ text, isJson }: SourceText, value: Value | undefined): string | undefined {
  const parsed = parseText(text);
  if (parsed === undefined) return undefined;
  if (parsed.value === undefined && isSame(value, {})) return text;
  let patched = text;
  let current = parsed.value;
  for (const change of findChanges(parsed.value, value)) {
    const next = applyChanges(current, [change]);
    patched = applyToText({ text: patched, isJson }, change, next);
    current = next;
  }
  return patched;
}

/** Applies one change by replacing a part of the text; rewrites the whole text when that would not give the value. */
function applyToText(source: SourceText, change: Change, expected: Value | undefined): string {
  const spliced = spliceText(source, change, expected);
  const result = spliced === undefined ? undefined : parseText(spliced);
  if (spliced !== undefined && result !== undefined && isSame(result.value, expected)) return spliced;
  return rewrite(source, change, expected);
}

/**
 * The library's own editing, which keeps comments but not the layout; with aliases written out where an anchor changes or
 * goes.
 */
function rewrite({ text, isJson }: SourceText, change: Change, expected: Value | undefined): string {
  if (isJson) return `${JSON.stringify(expected ?? {}, null, 2)}\n`;
  for (const edit of [editDocument, editWithoutAliases]) {
    const written = edit(text, change);
    if (written !== undefined && isSame(parseText(written)?.value, expected)) return written;
  }
  const fresh = parseDocument('', yamlOptions);
  fresh.contents = parseDocument(JSON.stringify(expected ?? null), yamlOptions).contents;
  return fresh.toString({ lineWidth: 0, collectionStyle: 'block' });
}

function spliceText(source: SourceText, change: Change, expected: Value | undefined): string | undefined {
  const document = parseText(source.text)?.document;
  if (document === undefined) return undefined;
  const found = findNode(document, change.path);
  if (change.type === 'remove') return found && removeItem(source, found);
  if (change.type === 'set' && found !== undefined) return replaceNode(source, found, change);
  const parent = findNode(document, change.path.slice(0, -1))?.node;
  const alias = change.path.findIndex((_, end) => isAlias(findNode(document, change.path.slice(0, end))?.node));
  if (alias > 0) return replaceAlias(source, change.path.slice(0, alias), expected);
  if (isMap(parent) || isSeq(parent)) return addItem(source, parent, change);
  if (change.path.length === 1 && !isCollection(document.contents)) return addFirstField(source, change);
  return undefined;
}

/** Writes out what an alias stands for, with the change: its anchor keeps its value. */
function replaceAlias(source: SourceText, path: Path, expected: Value | undefined): string | undefined {
  const value = path.reduce<Value | undefined>((each, step) => readStep(each, step), expected);
  const document = parseText(source.text)?.document;
  const found = document && findNode(document, path);
  if (value === undefined || found === undefined || !isNode(found.node)) return undefined;
  const [start, end] = found.node.range ?? [0, 0];
  return splice(source.text, [start, end], formatInline(value, source.isJson));
}

function readStep(value: Value | undefined, step: string | number): Value | undefined {
  if (isFields(value)) return value[step];
  return isList(value) ? value[Number(step)] : undefined;
}

interface NewValue {
  readonly path: Path;
  readonly value: Value;
}

const lastName = (path: Path): string => String(path.at(-1) ?? '');

/** The first field of a text that is empty, or has comments only. */
function addFirstField({ text, isJson }: SourceText, { path, value }: NewValue): string {
  if (isJson) return `${JSON.stringify({ [lastName(path)]: value }, null, 2)}\n`;
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return `${before}${formatField(lastName(path), value).join('\n')}\n`;
}

function replaceNode({ text, isJson }: SourceText, found: Found, { path, value }: NewValue): string | undefined {
  const { parent, place, node } = found;
  if (parent === undefined) return undefined;
  if (!isFlow(parent) && isLong(value)) return replaceLines({ text, isJson }, found, { path, value });
  if (!isNode(node) || (isCollection(node) && !isFlow(node)))
    return replaceLines({ text, isJson }, found, { path, value });
  const [start = 0] = node.range ?? [];
  const end = contentEnd(node, text);
  const item = parent.items[place];
  const isEmpty = isScalar(node) && node.source === '' && end <= start;
  const from = isEmpty ? contentEnd(item, text) : start;
  return splice(text, [from, isEmpty ? from : end], `${isEmpty ? ' ' : ''}${formatLike(node, value, isJson)}`);
}

/** Replaces a field or an item with all its lines. */
function replaceLines(source: SourceText, { parent, place }: Found, { path, value }: NewValue): string | undefined {
  if (parent === undefined || isFlow(parent)) return undefined;
  const item = parent.items[place];
  const start = isSeq(parent) ? dashStart(source.text, itemStart(item)) : itemStart(item);
  const indent = ' '.repeat(start - lineStart(source.text, start));
  const lines = isSeq(parent) ? formatItem(value) : formatField(lastName(path), value);
  return splice(source.text, [start, contentEnd(item, source.text)], lines.join(`\n${indent}`));
}

const dashStart = (text: string, offset: number): number => text.lastIndexOf('-', offset - 1);

function addItem(source: SourceText, parent: YAMLMap | YAMLSeq, change: NewValue): string | undefined {
  if (isFlow(parent)) return addToBrackets(source, parent, change);
  const { text } = source;
  const place = isSeq(parent) ? Number(change.path.at(-1)) : parent.items.length;
  const neighbour = parent.items[Math.max(0, place - 1)];
  if (neighbour === undefined) return undefined;
  const start = isSeq(parent) ? dashStart(text, itemStart(neighbour)) : itemStart(neighbour);
  const indent = text.slice(lineStart(text, start), start).replace(/[^ ]/g, ' ');
  const lines = isSeq(parent) ? formatItem(change.value) : formatField(lastName(change.path), change.value);
  const added = lines.map((line) => `${indent}${line}`).join('\n');
  if (place === 0) return splice(text, [lineStart(text, start), lineStart(text, start)], `${added}\n`);
  const end = lineEnd(text, contentEnd(neighbour, text));
  const gap = isLong(change.value) && hasBlankLine(text, parent) ? '\n\n' : '\n';
  return splice(text, [end, end], gap + added);
}

/** True when the last two items have a blank line between them, as groups often have. */
function hasBlankLine(text: string, { items }: YAMLMap | YAMLSeq): boolean {
  const [previous, last] = items.slice(-2);
  if (previous === undefined || last === undefined) return false;
  return /\n[ \t]*\n/.test(text.slice(contentEnd(previous, text), itemStart(last)));
}

function addToBrackets({ text, isJson }: SourceText, parent: YAMLMap | YAMLSeq, change: NewValue): string {
  const value = formatInline(change.value, isJson);
  const name = formatInline(lastName(change.path), isJson);
  const added = isMap(parent) ? `${name}: ${value}` : value;
  const place = isSeq(parent) ? Number(change.path.at(-1)) : parent.items.length;
  const [open = 0] = parent.range ?? [];
  const next = parent.items[place];
  if (next !== undefined) return splice(text, [itemStart(next), itemStart(next)], `${added}, `);
  const last = parent.items.at(-1);
  if (last === undefined)
    return splice(text, [open + 1, contentEnd(parent, text) - 1], isMap(parent) ? ` ${added} ` : added);
  const start = itemStart(last);
  const before = text.slice(lineStart(text, start), start);
  const separator = before.trim() === '' && lineStart(text, start) > open ? `,\n${before}` : ', ';
  const end = contentEnd(last, text);
  return splice(text, [end, end], `${separator}${added}`);
}

function removeItem({ text }: SourceText, { parent, place }: Found): string | undefined {
  if (parent === undefined) return '';
  const item = parent.items[place];
  if (isFlow(parent)) return removeFromBrackets(text, parent, place);
  if (parent.items.length === 1) return replaceWithEmpty(text, parent);
  const start = isSeq(parent) ? dashStart(text, itemStart(item)) : itemStart(item);
  const from = lineStart(text, start);
  if (text.slice(from, start).trim() !== '') return removeAfterDash(text, parent, start);
  const end = lineEnd(text, contentEnd(item, text));
  return end === text.length && from > 0 && !text.endsWith('\n')
    ? splice(text, [from - 1, end], '')
    : splice(text, [from, Math.min(text.length, end + 1)], '');
}

/** The first field of an item stands on the line of its dash: the next field takes its place. */
function removeAfterDash(text: string, parent: YAMLMap | YAMLSeq, start: number): string {
  const next = parent.items[1];
  return splice(text, [start, next === undefined ? start : itemStart(next)], '');
}

function replaceWithEmpty(text: string, parent: YAMLMap | YAMLSeq): string | undefined {
  const first = parent.items[0];
  const start = isSeq(parent) ? dashStart(text, itemStart(first)) : itemStart(first);
  const from = text.slice(0, start).trimEnd().length;
  const isRoot = from === 0;
  const end = contentEnd(parent, text);
  const empty = isMap(parent) ? '{}' : '[]';
  return splice(text, [isRoot ? start : from, end], isRoot ? empty : ` ${empty}`);
}

function removeFromBrackets(text: string, parent: YAMLMap | YAMLSeq, place: number): string {
  const item = parent.items[place];
  const previous = parent.items[place - 1];
  const next = parent.items[place + 1];
  if (previous !== undefined) return splice(text, [contentEnd(previous, text), contentEnd(item, text)], '');
  if (next !== undefined) return splice(text, [itemStart(item), itemStart(next)], '');
  const [open = 0] = parent.range ?? [];
  return splice(text, [open + 1, contentEnd(parent, text) - 1], '');
}

const splice = (text: string, [start, end]: readonly [number, number], inserted: string): string =>
  `${text.slice(0, start)}${inserted}${text.slice(end)}`;
