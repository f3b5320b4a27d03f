import type { z } from 'zod';
import { formatName } from './document-path.ts';
import type { DocumentPath } from './document-path.ts';
import type { Issue, PathIssue } from './issue.ts';
import { closestName } from '@bearings/client/layer';
import { closestField } from './closest-field.ts';
import { placeholderIssue } from './placeholder.ts';

/** The document that is not valid, and the field names of its schema. */
export interface DocumentContext {
  readonly document: unknown;
  readonly fieldsAt: (path: DocumentPath) => readonly string[];
}

type ZodIssue = z.core.$ZodIssue;

/** Converts one issue of zod. Shows the type of a value, never the value. */
export function toIssues(issue: ZodIssue, context: DocumentContext): readonly PathIssue[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((name) => unknownField([...path, name], context));
  }
  const branch = meantBranch(issue);
  if (branch !== undefined) {
    return branch.flatMap((each) => toIssues({ ...each, path: [...issue.path, ...each.path] }, context));
  }
  const value = valueAt(context.document, path);
  const placeholder = typeof value === 'string' ? placeholderIssue(value) : undefined;
  if (placeholder !== undefined) return [{ path, ...placeholder }];
  const meant = typeof value === 'string' ? closestOption(value, issue) : undefined;
  const suggestion = meant === undefined ? {} : { suggestion: meant };
  return [{ path, found: describeFound(issue, value), expected: describeExpected(issue), ...suggestion }];
}

/** The issues of the one branch of a union whose type the value has, such as a group of fields. */
function meantBranch(issue: ZodIssue): readonly ZodIssue[] | undefined {
  if (issue.code !== 'invalid_union') return undefined;
  const isOtherType = ({ code, path }: ZodIssue): boolean =>
    path.length === 0 && (code === 'invalid_type' || code === 'invalid_value' || code === 'invalid_format');
  const branches = issue.errors.filter((errors) => errors.length > 0 && !errors.some(isOtherType));
  return branches.length === 1 ? branches[0] : undefined;
}

function unknownField(path: DocumentPath, { document, fieldsAt }: DocumentContext): PathIssue {
  const [within, name] = [path.slice(0, -1), String(path.at(-1))];
  const fields = fieldsAt(within);
  const suggestion = closestField(name, fields);
  if (suggestion === undefined && !isName(name, valueAt(document, path))) return { path: within, ...hiddenName };
  if (suggestion === `${name}Ref`) {
    return { path, found: 'is a secret, which does not belong in a config', expected: '', suggestion };
  }
  if (suggestion !== undefined) return { path, found: 'is not a field here', expected: '', suggestion };
  const expected = fields.length === 0 ? '' : `the fields are ${fields.map(formatName).join(', ')}`;
  return { path, found: 'is not a field here', expected };
}

/** False if the name may be a value: `tokenRef:secret` without the space, or a secret alone. */
const isName = (name: string, value: unknown): boolean => /^[\w$-]{1,40}$/.test(name) && value !== null;

const hiddenName: Issue = {
  found: 'has a field whose name is not shown, because it may be a value',
  expected: 'look for a missing space after a colon',
};

function closestOption(value: string, issue: ZodIssue): string | undefined {
  return closestName(
    value,
    allowedValues(issue).filter((option) => typeof option === 'string'),
  );
}

function allowedValues(issue: ZodIssue): readonly unknown[] {
  if (issue.code === 'invalid_value') return issue.values;
  return issue.code === 'invalid_union' ? [...('options' in issue ? (issue.options ?? []) : [])] : [];
}

function valueAt(document: unknown, path: DocumentPath): unknown {
  return path.reduce<unknown>((value, step) => {
    const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, step);
    return isThere ? Object.getOwnPropertyDescriptor(value, step)?.value : undefined;
  }, document);
}

function describeFound(issue: ZodIssue, value: unknown): string {
  if (issue.code === 'invalid_key') return 'is not a valid name';
  if (issue.code === 'custom' && typeof issue.params?.['found'] === 'string') return issue.params['found'];
  // a number in a number field is not a secret
  const isRange = issue.code === 'too_small' || issue.code === 'too_big' || issue.code === 'not_multiple_of';
  return isRange && typeof value === 'number' ? `is ${value}` : `is ${describeType(value)}`;
}

function describeType(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null || value === '') return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeNames.get(typeof value) ?? `a ${typeof value}`;
}

const typeNames: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['object', 'a group of fields'],
  ['boolean', 'true or false'],
]);

const expectedTypes: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'a group of fields'],
  ['record', 'a group of fields'],
]);

/** What the schema expects. Uses the message of the schema if it has one. */
function describeExpected(issue: ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${expectedTypes.get(issue.expected) ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${joinWithOr(issue.values)}`;
    case 'too_small':
      return issue.origin === 'string' && issue.minimum === 1
        ? 'must not be empty'
        : describeLimit(issue, describeMinimum(issue));
    case 'too_big':
      return describeLimit(issue, `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`);
    case 'invalid_union':
      return describeUnion(issue);
    case 'invalid_key':
    case 'invalid_element':
      return issue.issues.map(describeExpected).join(', and ');
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'custom':
      return typeof issue.params?.['expected'] === 'string' ? issue.params['expected'] : issue.message;
    case 'invalid_format':
    case 'unrecognized_keys':
  }
  return issue.message;
}

const describeMinimum = ({ inclusive, minimum }: z.core.$ZodIssueTooSmall): string =>
  `${inclusive === false ? 'more than' : 'at least'} ${minimum}`;

function describeLimit({ origin }: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig, limit: string): string {
  if (origin === 'string') return `must have ${limit} characters`;
  return origin === 'array' || origin === 'set' ? `must have ${limit} items` : `must be ${limit}`;
}

function describeUnion(issue: z.core.$ZodIssueInvalidUnion): string {
  const options = allowedValues(issue);
  if (options.length > 0) return `must be ${joinWithOr(options)}`;
  const wanted = issue.errors.flatMap(([first]) => (first === undefined ? [] : [describeExpected(first)]));
  return wanted.map((each, place) => (place === 0 ? each : each.replace(/^must be /, ''))).join(' or ');
}

function joinWithOr(options: readonly unknown[]): string {
  const [last, ...others] = options.map(String).toReversed();
  return others.length === 0 ? (last ?? '') : `${others.toReversed().join(', ')} or ${last}`;
}
