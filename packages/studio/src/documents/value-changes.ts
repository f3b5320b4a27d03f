import { isFields, isList, isSame, presentNames } from './value.ts';
import type { Fields, Path, Value } from './value.ts';

/** One change of a document: a new value, a value to insert into a list, or the removal of what is there. */
export type Change =
  | { readonly type: 'set'; readonly path: Path; readonly value: Value }
  | { readonly type: 'insert'; readonly path: Path; readonly value: Value }
  | { readonly type: 'remove'; readonly path: Path };

/**
 * The smallest changes that make `after` of `before`, in the order in which they can be applied one by one: values first,
 * then what is new, then what goes.
 */
export function findChanges(before: Value | undefined, after: Value | undefined, path: Path = []): readonly Change[] {
  if (isSame(before, after)) return [];
  if (after === undefined) return [{ type: 'remove', path }];
  if (isFields(before) && isFields(after)) return fieldChanges(before, after, path);
  if (before === undefined && path.length === 0 && isFields(after)) return fieldChanges({}, after, path);
  if (isList(before) && isList(after)) return listChanges(before, after, path);
  return [{ type: 'set', path, value: after }];
}

function fieldChanges(before: Fields, after: Fields, path: Path): readonly Change[] {
  const kept = presentNames(after).filter((name) => before[name] !== undefined);
  const added = presentNames(after).filter((name) => before[name] === undefined);
  // a client may have the name of what every object has, such as `constructor`
  const gone = presentNames(before).filter((name) => !Object.hasOwn(after, name) || after[name] === undefined);
  return [
    ...kept.flatMap((name) => findChanges(before[name], after[name], [...path, name])),
    ...added.flatMap((name) => findChanges(undefined, after[name], [...path, name])),
    ...gone.map((name): Change => ({ type: 'remove', path: [...path, name] })),
  ];
}

/** Items at both ends that are the same stay; those between them are changed in pairs, then added or removed. */
function listChanges(before: readonly Value[], after: readonly Value[], path: Path): readonly Change[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && isSame(before[start], after[start])) start += 1;
  let end = 0;
  while (end < shorter - start && isSame(before.at(-1 - end), after.at(-1 - end))) end += 1;
  const pairs = shorter - start - end;
  const places = Array.from({ length: pairs }, (_, place) => start + place);
  const changed = places.flatMap((place) => findChanges(before[place], after[place], [...path, place]));
  const next = start + pairs;
  const added = after.slice(next, after.length - end);
  const gone = before.slice(next, before.length - end);
  return [
    ...changed,
    ...added.map((value, place): Change => ({ type: 'insert', path: [...path, next + place], value })),
    ...gone.map((): Change => ({ type: 'remove', path: [...path, next] })),
  ];
}

/** The same changes on another version of the document: the fields that they do not touch stay as they are there. */
export function applyChanges(value: Value | undefined, changes: readonly Change[]): Value | undefined {
  return changes.reduce<Value | undefined>((changed, change) => applyAt(changed, change.path, change), value);
}

function applyAt(value: Value | undefined, [step, ...rest]: Path, change: Change): Value | undefined {
  if (step === undefined) return change.type === 'remove' ? undefined : change.value;
  if (typeof step === 'number') return applyToItem(isList(value) ? value : [], [step, ...rest], change);
  const fields = isFields(value) ? value : {};
  return { ...fields, [step]: applyAt(fields[step], rest, change) };
}

function applyToItem(items: readonly Value[], [step, ...rest]: Path, change: Change): Value {
  const place = Number(step);
  if (rest.length === 0 && change.type === 'insert') return items.toSpliced(place, 0, change.value);
  if (rest.length === 0 && change.type === 'remove') return items.toSpliced(place, 1);
  const item = applyAt(items[place], rest, change);
  return item === undefined ? items : items.toSpliced(place, 1, item);
}
