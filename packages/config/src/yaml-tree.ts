import { Composer, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, Parser } from 'yaml';
import type { Alias, CST, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { DocumentPath } from './document-path.ts';
import type { Flaw } from './flaw.ts';
import { syntaxFlaw } from './yaml-syntax.ts';

/** A flaw, and where in the text it is. */
export interface TextFlaw extends Flaw {
  readonly path: DocumentPath;
  /** From 0, in UTF-16 units. */
  readonly offset: number;
}

/** What a text says, and where it says it. */
export interface Tree {
  readonly value: unknown;
  readonly flaws: readonly TextFlaw[];
  /** Where a field begins with its name; the nearest one round it when there is none. From 0, in UTF-16 units. */
  readonly offsetOf: (path: DocumentPath) => number;
  /** Line and column of a place, from 1. */
  readonly place: (offset: number) => { readonly line: number; readonly column: number };
}

/** How deep a document may be: configs are flat, and deep ones are attacks on the stack. */
const mostDepth = 64;
/** How many values may come from anchors: a few lines can stand for billions. */
const mostCopies = 10_000;

/** Reads YAML 1.2, of which JSON is a part: one document, no tags, each name once, anchors within reason. */
export function readTree(text: string): Tree {
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const place = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const offsets = new Map<string, number>([['[]', 0]]);
  const offsetOf = (path: DocumentPath): number =>
    offsets.get(JSON.stringify(path)) ?? (path.length === 0 ? 0 : offsetOf(path.slice(0, -1)));
  const deep = tooDeep(tokens);
  if (deep !== undefined) return { value: undefined, flaws: [deep], offsetOf, place };
  // names given twice are found below: the composer compares each with all others, which takes minutes for some files
  const documents = [...new Composer({ ...options }).compose(tokens, true, text.length)];
  const [document, second] = documents;
  // of what it warns of, tags are found below
  const mistakes = documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]);
  const flaws = mistakes.filter(({ code }) => code !== 'TAG_RESOLVE_FAILED').map(syntaxFlaw);
  if (second !== undefined) flaws.push({ ...secondDocument, path: [], offset: second.range[0] });
  if (document === undefined || flaws.length > 0) return { value: undefined, flaws, offsetOf, place };
  const value = readValue(document.contents, { offsets, flaws, anchors: new Map(), copies: 0 });
  return { value, flaws, offsetOf, place };
}

function readValue(contents: unknown, walk: Walk): unknown {
  try {
    return valueOf(contents, { path: [], walk, isCopy: false });
  } catch (cause) {
    if (!(cause instanceof TooMuch)) throw cause;
    walk.flaws.push({ ...expanding, path: [], offset: 0 });
    return undefined;
  }
}

const options = { schema: 'core', version: '1.2', stringKeys: true, uniqueKeys: false, merge: false } as const;

const secondDocument: Flaw = { found: 'has a second document', expected: 'must be one (remove the line ---)' };

/** Looked for before anything walks down by calling itself. */
function tooDeep(tokens: readonly CST.Token[]): TextFlaw | undefined {
  let level: readonly CST.Token[] = tokens;
  for (let depth = 0; level.length > 0; depth += 1) {
    const [first] = level;
    if (depth > mostDepth && first !== undefined) return { ...deepFlaw, path: [], offset: first.offset };
    level = level.flatMap(within);
  }
  return undefined;
}

const deepFlaw: Flaw = { found: `is nested deeper than ${mostDepth} levels`, expected: 'must be flatter' };

function within(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [key ?? [], value ?? []].flat());
}

interface Walk {
  readonly offsets: Map<string, number>;
  readonly flaws: TextFlaw[];
  /** What each anchor stands for, as far as the document has been read. */
  readonly anchors: Map<string, Scalar | YAMLMap | YAMLSeq>;
  copies: number;
}

/** Where the walk is. `isCopy`: below an alias, so the text of what is here is elsewhere. */
interface Spot {
  readonly path: DocumentPath;
  readonly walk: Walk;
  readonly isCopy: boolean;
}

function valueOf(node: unknown, spot: Spot): unknown {
  const { path, walk, isCopy } = spot;
  if (isCopy) walk.copies += 1;
  if (walk.copies > mostCopies || path.length > mostDepth) throw new TooMuch();
  if (isAlias(node)) return copyOf(node, spot);
  if (!isMap(node) && !isSeq(node) && !isScalar(node)) return null;
  if (node.tag !== undefined) walk.flaws.push({ ...tagged, path, offset: node.range?.[0] ?? 0 });
  if (node.anchor !== undefined) walk.anchors.set(node.anchor, node);
  if (isMap(node)) return fieldsOf(node, spot);
  return isSeq(node) ? itemsOf(node, spot) : node.value;
}

/** Anchors stand for more than a document may hold. */
class TooMuch extends Error {}

const expanding: Flaw = { found: 'has anchors that stand for too much', expected: 'must be written out' };
const tagged: Flaw = { found: 'has a tag (a word that begins with !)', expected: 'must be without' };
const unanchored: Flaw = { found: 'is an alias of an anchor that is not above it', expected: 'must name one that is' };

function copyOf(alias: Alias, spot: Spot): unknown {
  const node = spot.walk.anchors.get(alias.source);
  if (node !== undefined) return valueOf(node, { ...spot, isCopy: true });
  spot.walk.flaws.push({ ...unanchored, path: spot.path, offset: alias.range?.[0] ?? 0 });
  return undefined;
}

function itemsOf({ items }: YAMLSeq, spot: Spot): readonly unknown[] {
  return items.map((item, place) => {
    const path = [...spot.path, place];
    spot.walk.offsets.set(JSON.stringify(path), isNode(item) ? (item.range?.[0] ?? 0) : 0);
    return valueOf(item, { ...spot, path });
  });
}

function fieldsOf({ items }: YAMLMap, spot: Spot): Readonly<Record<string, unknown>> {
  const { offsets, flaws } = spot.walk;
  const fields = new Map<string, unknown>();
  for (const { key, value } of items) {
    const name = isScalar(key) ? String(key.value) : '';
    const path = [...spot.path, name];
    const offset = isScalar(key) ? (key.range?.[0] ?? 0) : 0;
    if (fields.has(name)) flaws.push({ ...twice, path, offset });
    else offsets.set(JSON.stringify(path), offset);
    if (name === '__proto__') flaws.push({ ...reserved, path, offset });
    fields.set(name, valueOf(value, { ...spot, path }));
  }
  return Object.fromEntries(fields);
}

const twice: Flaw = { found: 'is there twice', expected: 'must be there once' };
const reserved: Flaw = { found: 'is a name that JavaScript keeps for itself', expected: 'must be another' };
