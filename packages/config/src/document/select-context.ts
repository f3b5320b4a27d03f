import { closestName } from '@bearings/client/layer';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import type { DocumentPath } from './document-path.ts';
import { InvalidConfigError, createProblem } from './invalid-config-error.ts';
import type { DocumentSource } from './document-source.ts';

/** A document with one of its contexts applied. */
export interface SelectedDocument extends DocumentSource {
  /** Where a value of the document was written: in the context, or outside of it. */
  readonly origin: (path: DocumentPath) => DocumentPath;
}

/**
 * Applies a context: its fields replace those of the document, group by group. An `auth` of another `type` replaces the
 * whole `auth`.
 *
 * @param name - the context. Default: the field `context` of the document; without it, no context is applied
 */
export function selectContext(
  source: DocumentSource,
  name: string | undefined,
): Result<SelectedDocument, InvalidConfigError> {
  const { value } = source;
  const chosen = name ?? (isGroup(value) && typeof value['context'] === 'string' ? value['context'] : undefined);
  if (chosen === undefined || !isGroup(value)) return Ok({ ...source, origin: (path) => path });
  const contexts = isGroup(value['contexts']) ? value['contexts'] : {};
  if (!Object.hasOwn(contexts, chosen))
    return Err(unknownContext(source, { name, chosen, names: Object.keys(contexts) }));
  const context = isGroup(contexts[chosen]) ? contexts[chosen] : {}; // the schema reports another type
  const isInContext = (path: DocumentPath): boolean => {
    const depth = findDepth(context, path);
    return depth === path.length || depth > findDepth(value, path);
  };
  return Ok({
    ...source,
    value: merge(value, context),
    origin: (path) => (path.length > 0 && isInContext(path) ? ['contexts', chosen, ...path] : path),
  });
}

type Group = Readonly<Record<string, unknown>>;

const isGroup = (value: unknown): value is Group =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function merge(base: unknown, over: unknown): unknown {
  if (!isGroup(base) || !isGroup(over) || isOtherType(base, over)) return over;
  const merged = Object.entries(over).map(([name, value]) => [
    name,
    Object.hasOwn(base, name) ? merge(base[name], value) : value,
  ]);
  return { ...base, ...Object.fromEntries(merged) };
}

const isOtherType = (base: Group, over: Group): boolean =>
  typeof base['type'] === 'string' && typeof over['type'] === 'string' && base['type'] !== over['type'];

/** How many steps of a path a value has. */
function findDepth(value: unknown, [step, ...rest]: DocumentPath): number {
  if (step === undefined || typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return 0;
  return 1 + findDepth(Object.getOwnPropertyDescriptor(value, step)?.value, rest);
}

interface UnknownContext {
  readonly name: string | undefined;
  readonly chosen: string;
  readonly names: readonly string[];
}

function unknownContext(
  { subject, locate }: DocumentSource,
  { name, chosen, names }: UnknownContext,
): InvalidConfigError {
  const path = name === undefined ? ['context'] : ['contexts'];
  const meant = closestName(chosen, names);
  const known = names.length === 0 ? 'the file has no contexts' : `the contexts are ${names.join(', ')}`;
  const found = name === undefined ? 'names a context that does not exist' : `has no ${JSON.stringify(chosen)}`;
  const issue = meant === undefined ? { found, expected: known } : { found, expected: '', suggestion: meant };
  return new InvalidConfigError(subject, [createProblem(path, issue, locate(path))]);
}
