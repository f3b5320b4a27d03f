import type { YAMLError } from 'yaml';
import type { TextIssue } from './issue.ts';

/**
 * Converts a syntax error of the YAML parser. Its own message quotes the text, which may contain secrets.
 */
export function toSyntaxIssue({ code, pos }: YAMLError): TextIssue {
  const [found, expected] = wordings.get(code) ?? unknown;
  return { path: [], offset: pos[0], found, expected };
}

type Wording = readonly [found: string, expected: string];

const unknown: Wording = [
  'has invalid YAML at this position',
  'look for an indentation, a colon, a quote or a bracket',
];
const indentation: Wording = ['has a wrong indentation here', 'indent the line like its neighbours, with spaces'];
const quote: Wording = ['has an unclosed quote or bracket here', 'look for a missing quote, bracket or comma'];
const nested: Wording = [
  'has two colons on a line here',
  'put the second field on its own line, or the text in quotes',
];

const wordings: ReadonlyMap<string, Wording> = new Map<YAMLError['code'], Wording>([
  ['TAB_AS_INDENT', ['has a tab for indentation here', 'use spaces']],
  ['BAD_INDENT', indentation],
  ['BLOCK_IN_FLOW', quote],
  ['MISSING_CHAR', quote],
  ['BLOCK_AS_IMPLICIT_KEY', nested],
  ['MULTILINE_IMPLICIT_KEY', ['has a field name over two lines here, or a line without a colon', 'write name: value']],
  ['KEY_OVER_1024_CHARS', ['has a field name with more than 1024 characters here', 'use a shorter one']],
  ['NON_STRING_KEY', ['has a field name here that is not text', 'use text']],
  ['TAG_RESOLVE_FAILED', ['has a tag here (a word that begins with !)', 'remove it']],
  ['MULTIPLE_TAGS', ['has a tag here (a word that begins with !)', 'remove it']],
  ['BAD_DIRECTIVE', ['has a directive here (a line that begins with %)', 'remove it']],
  ['BAD_SCALAR_START', ['has text here that begins with a YAML symbol', 'put it in quotes']],
  [
    'BAD_DQ_ESCAPE',
    ['has a backslash here that is not an escape sequence', 'write two, or put the text in single quotes'],
  ],
  ['RESOURCE_EXHAUSTION', ['is nested too deeply', 'use fewer levels']],
]);
