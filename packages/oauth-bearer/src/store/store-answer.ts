import type { StoreAnswer } from './token-store.ts';

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number' && !Number.isNaN(value);

/** The members of each answer. */
const members: ReadonlyMap<unknown, Readonly<Record<string, Check>>> = new Map<
  StoreAnswer['kind'],
  Readonly<Record<string, Check>>
>([
  ['entry', { id: isText, sealed: isText, ageMs: isNumber }],
  ['lease', { atMs: isNumber }],
  ['busy', { leftMs: isNumber }],
  ['failed', { sealed: isText, leftMs: isNumber }],
  ['limited', { leftMs: isNumber }],
  ['foreign', {}],
]);

/** True for an answer of a store, which may be a user's own, or come from another thread. */
function isStoreAnswer(value: unknown): value is StoreAnswer {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  const checks = members.get(value.kind);
  return checks !== undefined && Object.entries(checks).every(([name, check]) => check(Reflect.get(value, name)));
}

/** @throws TypeError for something else */
export function mustBeAnswer(value: unknown): StoreAnswer {
  if (isStoreAnswer(value)) return value;
  throw new TypeError('The token store answered with something that is not an answer');
}
