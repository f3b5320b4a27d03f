import { isAlias, isCollection, isMap, isPair, isScalar, isSeq } from 'yaml';
import type { Document, Node, Pair, YAMLMap, YAMLSeq } from 'yaml';
import type { Path } from './value.ts';

/** Where a node is: its parent, its place there, and the node itself. */
export interface Found {
  readonly parent: YAMLMap | YAMLSeq | undefined;
  /** The pair or item of the parent. */
  readonly place: number;
  readonly node: unknown;
}

/** Finds the node of a path; `undefined` when there is none, or it is behind an alias. */
export function findNode(document: Document.Parsed, path: Path): Found | undefined {
  let found: Found = { parent: undefined, place: 0, node: document.contents };
  for (const step of path) {
    const next = findChild(found.node, step);
    if (next === undefined) return undefined;
    found = next;
  }
  return found;
}

function findChild(node: unknown, step: string | number): Found | undefined {
  if (isMap(node)) {
    const place = node.items.findIndex(({ key }) => isScalar(key) && String(key.value) === String(step));
    return place < 0 ? undefined : { parent: node, place, node: node.items[place]?.value };
  }
  if (!isSeq(node) || typeof step !== 'number' || node.items[step] === undefined) return undefined;
  return { parent: node, place: step, node: node.items[step] };
}

/** The offset where an item of a collection begins: its key, or the value after the dash. */
export function itemStart(item: unknown): number {
  return asNode(isPair(item) ? item.key : item)?.range?.[0] ?? 0;
}

/** The offset after the last character of a node that is no comment or space. */
export function contentEnd(item: unknown, text: string): number {
  if (isPair(item)) return asNode(item.value) === undefined ? keyEnd(item, text) : valueEnd(item, text);
  const node = asNode(item);
  if (node === undefined) return 0;
  if (isCollection(node) && node.flow !== true && node.items.length > 0) return contentEnd(node.items.at(-1), text);
  const [start = 0, end = 0] = node.range ?? [];
  return start + text.slice(start, end).trimEnd().length;
}

/** `key:` of a field without a value. A null that is not written has the range of the place where it would be. */
function keyEnd({ key }: Pair, text: string): number {
  const end = asNode(key)?.range?.[1] ?? 0;
  const colon = text.indexOf(':', end);
  return colon < 0 ? end : colon + 1;
}

function valueEnd(pair: Pair, text: string): number {
  return Math.max(keyEnd(pair, text), contentEnd(pair.value, text));
}

/** Where the line of an offset begins. */
export const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

/** Where the line of an offset ends: at its line break, or at the end of the text. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
}

/** True for a collection within brackets. */
export const isFlow = (node: YAMLMap | YAMLSeq): boolean => node.flow === true;

const asNode = (value: unknown): Node | undefined =>
  isScalar(value) || isCollection(value) || isAlias(value) ? value : undefined;
