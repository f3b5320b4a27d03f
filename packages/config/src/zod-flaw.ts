import type { z } from 'zod';
import { shownName } from './document-path.ts';
import type { DocumentPath } from './document-path.ts';
import type { Flaw } from './flaw.ts';
import { closestName } from './did-you-mean.ts';

/** A flaw of a document, and where. */
export interface PlacedFlaw extends Flaw {
  readonly path: DocumentPath;
}

/** What is asked of the document that did not fit. */
export interface Scene {
  readonly document: unknown;
  readonly fieldsAt: (path: DocumentPath) => readonly string[];
}

type Issue = z.core.$ZodIssue;

/** What one issue of zod comes to. Tells of what was found no more than its type. */
export function flawsOf(issue: Issue, scene: Scene): readonly PlacedFlaw[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((name) => unknownField([...path, name], scene));
  }
  const value = valueAt(scene.document, path);
  const meant = typeof value === 'string' ? nearestOption(value, issue) : undefined;
  const suggestion = meant === undefined ? {} : { suggestion: meant };
  return [{ path, found: foundBy(issue, value), expected: wantedBy(issue), ...suggestion }];
}

function unknownField(path: DocumentPath, { document, fieldsAt }: Scene): PlacedFlaw {
  const [within, name] = [path.slice(0, -1), String(path.at(-1))];
  const fields = fieldsAt(within);
  const suggestion = closestName(name, fields);
  if (suggestion === undefined && !isName(name, valueAt(document, path))) return { path: within, ...slip };
  if (suggestion === `${name}Ref`) {
    return { path, found: 'would be the secret itself, which does not belong in a config', expected: '', suggestion };
  }
  if (suggestion !== undefined) return { path, found: 'is not a field here', expected: '', suggestion };
  const expected = fields.length === 0 ? '' : `the fields are ${fields.map(shownName).join(', ')}`;
  return { path, found: 'is not a field here', expected };
}

/** False for what was hardly meant as a name: `tokenRef:secret`, with the space forgotten, or a secret by itself. */
const isName = (name: string, value: unknown): boolean => /^[\w$-]{1,40}$/.test(name) && value !== null;

const slip: Flaw = {
  found: 'has a field whose name is not shown, because it may be a value',
  expected: 'look for a space that is missing behind a colon',
};

function nearestOption(value: string, issue: Issue): string | undefined {
  return closestName(
    value,
    optionsOf(issue).filter((option) => typeof option === 'string'),
  );
}

function optionsOf(issue: Issue): readonly unknown[] {
  if (issue.code === 'invalid_value') return issue.values;
  return issue.code === 'invalid_union' ? [...('options' in issue ? (issue.options ?? []) : [])] : [];
}

function valueAt(document: unknown, path: DocumentPath): unknown {
  return path.reduce<unknown>((value, step) => {
    const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, step);
    return isThere ? Object.getOwnPropertyDescriptor(value, step)?.value : undefined;
  }, document);
}

function foundBy(issue: Issue, value: unknown): string {
  if (issue.code === 'invalid_key') return 'is no name that can be used';
  if (issue.code === 'custom' && typeof issue.params?.['found'] === 'string') return issue.params['found'];
  // a number out of its range is where numbers belong, so it is no secret
  const isRange = issue.code === 'too_small' || issue.code === 'too_big' || issue.code === 'not_multiple_of';
  return isRange && typeof value === 'number' ? `is ${value}` : `is ${kindOf(value)}`;
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null || value === '') return 'empty';
  if (Array.isArray(value)) return 'a list';
  return kinds.get(typeof value) ?? `a ${typeof value}`;
}

const kinds: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['object', 'a group of fields'],
  ['boolean', 'true or false'],
]);

const wants: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'a group of fields'],
  ['record', 'a group of fields'],
]);

/** What would be right: the schema's own words where it has any, which are those of its author. */
function wantedBy(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${wants.get(issue.expected) ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${listed(issue.values)}`;
    case 'too_small':
      return issue.origin === 'string' && issue.minimum === 1 ? 'must not be empty' : bound(issue, least(issue));
    case 'too_big':
      return bound(issue, `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`);
    case 'invalid_union':
      return unionOf(issue);
    case 'invalid_key':
    case 'invalid_element':
      return issue.issues.map(wantedBy).join(', and ');
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'custom':
      return typeof issue.params?.['expected'] === 'string' ? issue.params['expected'] : issue.message;
    case 'invalid_format':
    case 'unrecognized_keys':
  }
  return issue.message;
}

const least = ({ inclusive, minimum }: z.core.$ZodIssueTooSmall): string =>
  `${inclusive === false ? 'more than' : 'at least'} ${minimum}`;

function bound({ origin }: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig, limit: string): string {
  if (origin === 'string') return `must have ${limit} characters`;
  return origin === 'array' || origin === 'set' ? `must have ${limit} items` : `must be ${limit}`;
}

function unionOf(issue: z.core.$ZodIssueInvalidUnion): string {
  const options = optionsOf(issue);
  if (options.length > 0) return `must be ${listed(options)}`;
  const wanted = issue.errors.flatMap(([first]) => (first === undefined ? [] : [wantedBy(first)]));
  return wanted.map((each, place) => (place === 0 ? each : each.replace(/^must be /, ''))).join(' or ');
}

function listed(options: readonly unknown[]): string {
  const [last, ...others] = options.map(String).toReversed();
  return others.length === 0 ? (last ?? '') : `${others.toReversed().join(', ')} or ${last}`;
}
