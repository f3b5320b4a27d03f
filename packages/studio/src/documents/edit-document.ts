import { isSeq, parseDocument, visit } from 'yaml';
import type { Document } from 'yaml';
import { yamlOptions } from './parse-text.ts';
import type { Change } from './value-changes.ts';

/** A text with one change, written by the library; `undefined` when the change is not possible there. */
export const editDocument = (text: string, change: Change): string | undefined => edit(text, change, () => {});

/** The same, with aliases written out first: an anchor may change or go. */
export const editWithoutAliases = (text: string, change: Change): string | undefined =>
  edit(text, change, writeOutAliases);

function edit(text: string, change: Change, prepare: (document: Document) => void): string | undefined {
  const document = parseDocument(text, yamlOptions);
  try {
    prepare(document);
    editAt(document, change);
    return document.toString({ lineWidth: 0 });
  } catch {
    return undefined; // there is no group at the path, or an alias has lost its anchor
  }
}

function editAt(document: Document, change: Change): void {
  const { path } = change;
  if (change.type === 'remove') document.deleteIn(path);
  else if (change.type === 'set') document.setIn(path, document.createNode(change.value));
  else {
    const list = document.getIn(path.slice(0, -1), true);
    if (isSeq(list)) list.items.splice(Number(path.at(-1)), 0, document.createNode(change.value));
  }
}

/** Replaces each alias by what it stands for, and removes the anchors. */
function writeOutAliases(document: Document): void {
  visit(document, {
    Alias(_, alias) {
      const { comment, commentBefore, spaceBefore } = alias;
      const value: unknown = alias.resolve(document)?.toJSON();
      return Object.assign(document.createNode(value), { comment, commentBefore, spaceBefore });
    },
  });
  visit(document, { Value: (_, node) => void delete node.anchor });
}
