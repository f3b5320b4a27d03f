import type { YAMLError } from 'yaml';
import type { TextFlaw } from './yaml-tree.ts';

/**
 * A mistake in the writing of YAML, in our words: the parser's own quote the text, where secrets may be.
 */
export function syntaxFlaw({ code, pos }: YAMLError): TextFlaw {
  const [found, expected] = words.get(code) ?? unknown;
  return { path: [], offset: pos[0], found, expected };
}

type Words = readonly [found: string, expected: string];

const unknown: Words = ['is no YAML from here on', 'look for an indentation, a colon, a quote or a bracket'];
const indentation: Words = [
  'has a line here that is indented in another way',
  'must be indented as its neighbours, by spaces',
];
const quote: Words = ['has something here that does not end', 'look for a missing quote, bracket or comma'];
const nested: Words = [
  'has two colons on a line here',
  'must have the second field on a line of its own, or the text in quotes',
];

const words: ReadonlyMap<string, Words> = new Map<YAMLError['code'], Words>([
  ['TAB_AS_INDENT', ['has a tab for indentation here', 'must have spaces']],
  ['BAD_INDENT', indentation],
  ['BLOCK_IN_FLOW', quote],
  ['MISSING_CHAR', quote],
  ['BLOCK_AS_IMPLICIT_KEY', nested],
  [
    'MULTILINE_IMPLICIT_KEY',
    ['has a name here that goes over two lines, or a line without a colon', 'must be name: value'],
  ],
  ['KEY_OVER_1024_CHARS', ['has a name here of more than 1024 characters', 'must have a shorter one']],
  ['NON_STRING_KEY', ['has a name here that is no text', 'must be text']],
  ['TAG_RESOLVE_FAILED', ['has a tag here (a word that begins with !)', 'must be without']],
  ['MULTIPLE_TAGS', ['has a tag here (a word that begins with !)', 'must be without']],
  ['BAD_DIRECTIVE', ['has a directive here (a line that begins with %)', 'must be without']],
  ['BAD_SCALAR_START', ['has text here that begins with a sign of YAML', 'must have it in quotes']],
  ['BAD_DQ_ESCAPE', ['has a backslash here that escapes nothing', 'must have two, or single quotes round the text']],
  ['RESOURCE_EXHAUSTION', ['is nested too deeply', 'must be flatter']],
]);
