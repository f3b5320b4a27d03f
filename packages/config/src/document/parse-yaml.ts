import { Composer, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, Parser } from 'yaml';
import type { Alias, CST, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { DocumentPath } from './document-path.ts';
import type { Issue, TextIssue } from './issue.ts';
import { toSyntaxIssue } from './yaml-syntax-error.ts';

/** A parsed text: its value, and the position of each field. */
export interface ParsedYaml {
  readonly value: unknown;
  readonly issues: readonly TextIssue[];
  /** The offset where a field begins, or the nearest enclosing field if it is missing. From 0, in UTF-16 units. */
  readonly findOffset: (path: DocumentPath) => number;
  /** The line and column of an offset, both from 1. */
  readonly findPosition: (offset: number) => { readonly line: number; readonly column: number };
}

/** Configs are flat. Deeper nesting could overflow the stack. */
const maxDepth = 64;
/** How many values may come from aliases: a few lines can expand to billions of values. */
const maxCopies = 10_000;

/** Parses YAML 1.2, which includes JSON: one document, no tags, no duplicate names, a limited number of aliases. */
export function parseYaml(text: string): ParsedYaml {
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const findPosition = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const offsets = new Map<string, number>([['[]', 0]]);
  const findOffset = (path: DocumentPath): number =>
    offsets.get(JSON.stringify(path)) ?? (path.length === 0 ? 0 : findOffset(path.slice(0, -1)));
  const deep = findTooDeep(tokens);
  if (deep !== undefined) return { value: undefined, issues: [deep], findOffset, findPosition };
  // toFields finds duplicate names: the composer compares every pair of names, which takes minutes for some files
  const documents = [...new Composer({ ...options }).compose(tokens, true, text.length)];
  const [document, second] = documents;
  // toValue reports tags
  const mistakes = documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]);
  const issues = mistakes.filter(({ code }) => code !== 'TAG_RESOLVE_FAILED').map(toSyntaxIssue);
  if (second !== undefined) issues.push({ ...secondDocumentIssue, path: [], offset: second.range[0] });
  if (document === undefined || issues.length > 0) return { value: undefined, issues, findOffset, findPosition };
  const value = readValue(document.contents, { offsets, issues, anchors: new Map(), copies: 0 });
  return { value, issues, findOffset, findPosition };
}

function readValue(contents: unknown, state: WalkState): unknown {
  try {
    return toValue(contents, { path: [], state, isCopy: false });
  } catch (cause) {
    if (!(cause instanceof AliasLimitError)) throw cause;
    state.issues.push({ ...aliasLimitIssue, path: [], offset: 0 });
    return undefined;
  }
}

const options = { schema: 'core', version: '1.2', stringKeys: true, uniqueKeys: false, merge: false } as const;

const secondDocumentIssue: Issue = { found: 'has a second document', expected: 'remove the line ---' };

/** Runs before any recursive function, without recursion. */
function findTooDeep(tokens: readonly CST.Token[]): TextIssue | undefined {
  let level: readonly CST.Token[] = tokens;
  for (let depth = 0; level.length > 0; depth += 1) {
    const [first] = level;
    if (depth > maxDepth && first !== undefined) return { ...depthIssue, path: [], offset: first.offset };
    level = level.flatMap(childTokens);
  }
  return undefined;
}

const depthIssue: Issue = { found: `is nested deeper than ${maxDepth} levels`, expected: 'use fewer levels' };

function childTokens(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  if (!('items' in token)) return [];
  return token.items.flatMap(({ key, value }) => [key ?? [], value ?? []].flat());
}

interface WalkState {
  readonly offsets: Map<string, number>;
  readonly issues: TextIssue[];
  /** The anchors found so far. */
  readonly anchors: Map<string, Scalar | YAMLMap | YAMLSeq>;
  copies: number;
}

/** The current node. `isCopy`: the node is below an alias, so its text is elsewhere. */
interface NodeContext {
  readonly path: DocumentPath;
  readonly state: WalkState;
  readonly isCopy: boolean;
}

function toValue(node: unknown, context: NodeContext): unknown {
  const { path, state, isCopy } = context;
  if (isCopy) state.copies += 1;
  if (state.copies > maxCopies || path.length > maxDepth) throw new AliasLimitError();
  if (isAlias(node)) return resolveAlias(node, context);
  if (!isMap(node) && !isSeq(node) && !isScalar(node)) return null;
  if (node.tag !== undefined) state.issues.push({ ...tagIssue, path, offset: node.range?.[0] ?? 0 });
  if (node.anchor !== undefined) state.anchors.set(node.anchor, node);
  if (isMap(node)) return toFields(node, context);
  return isSeq(node) ? toItems(node, context) : node.value;
}

/** The aliases expand to more values than allowed. */
class AliasLimitError extends Error {}

const aliasLimitIssue: Issue = { found: 'has aliases that expand too far', expected: 'write the values out' };
const tagIssue: Issue = { found: 'has a tag (a word that begins with !)', expected: 'remove it' };
const unknownAnchorIssue: Issue = {
  found: 'is an alias of an anchor that is not above it',
  expected: 'name an anchor above it',
};

function resolveAlias(alias: Alias, context: NodeContext): unknown {
  const node = context.state.anchors.get(alias.source);
  if (node !== undefined) return toValue(node, { ...context, isCopy: true });
  context.state.issues.push({ ...unknownAnchorIssue, path: context.path, offset: alias.range?.[0] ?? 0 });
  return undefined;
}

function toItems({ items }: YAMLSeq, context: NodeContext): readonly unknown[] {
  return items.map((item, index) => {
    const path = [...context.path, index];
    context.state.offsets.set(JSON.stringify(path), isNode(item) ? (item.range?.[0] ?? 0) : 0);
    return toValue(item, { ...context, path });
  });
}

function toFields({ items }: YAMLMap, context: NodeContext): Readonly<Record<string, unknown>> {
  const { offsets, issues } = context.state;
  const fields = new Map<string, unknown>();
  for (const { key, value } of items) {
    const name = isScalar(key) ? String(key.value) : '';
    const path = [...context.path, name];
    const offset = isScalar(key) ? (key.range?.[0] ?? 0) : 0;
    if (fields.has(name)) issues.push({ ...duplicateIssue, path, offset });
    else offsets.set(JSON.stringify(path), offset);
    if (name === '__proto__') issues.push({ ...reservedNameIssue, path, offset });
    fields.set(name, toValue(value, { ...context, path }));
  }
  return Object.fromEntries(fields);
}

const duplicateIssue: Issue = { found: 'is a duplicate', expected: 'remove one of the two' };
const reservedNameIssue: Issue = { found: 'is a reserved name in JavaScript', expected: 'choose another name' };
