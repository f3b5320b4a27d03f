import { inspect, types } from 'node:util';
import { serialize } from 'node:v8';
import { isObject, tryOrUndefined, walkValue } from './walk-value.ts';
import type { Part } from './walk-value.ts';

/** A text that a program may print, store or send. */
export interface Serialization {
  /** How it is made: `inspect`, `JSON.stringify`, …, or the path of a part, such as `cause.message`. */
  readonly where: string;
  readonly text: string;
  /** Whether the text was decoded from bytes. */
  readonly isBinary: boolean;
}

/**
 * All texts that a program may print, store or send of a value: the usual ways to print and copy the whole, and all its
 * parts. A way that throws is skipped.
 *
 * @throws TypeError if the value is too large to walk
 */
export function* serializations(value: unknown): Generator<Serialization, void, undefined> {
  const { parts, isSmallTree } = walkValue(value);
  for (const part of parts) yield* partSerializations(part);
  if (!isObject(value)) return;
  yield* textSerialization('String', () => (isSmallTree ? toText(value) : ''));
  yield* textSerialization('inspect', () =>
    inspect(value, isSmallTree ? { ...inspectOptions, depth: Infinity, getters: true } : inspectOptions),
  );
  yield* textSerialization('JSON.stringify', () => toJson(value));
  yield* byteSerializations('v8.serialize', () => serialize(value));
  const clone = tryOrUndefined(() => structuredClone(value));
  for (const part of walkValue(clone, 'structuredClone').parts) yield* partSerializations(part);
}

const inspectOptions = {
  depth: 1,
  showHidden: true,
  breakLength: Infinity,
  maxStringLength: Infinity,
  maxArrayLength: 1_000,
} as const;

function* partSerializations({ path, value }: Part): Generator<Serialization, void, undefined> {
  if (!isObject(value)) yield* textSerialization(path === '' ? 'text' : path, () => toText(value));
  else if (ArrayBuffer.isView(value))
    yield* byteSerializations(
      path === '' ? 'bytes' : path,
      () => new Uint8Array(value.buffer, value.byteOffset, value.byteLength),
    );
  else if (types.isAnyArrayBuffer(value))
    yield* byteSerializations(path === '' ? 'bytes' : path, () => new Uint8Array(value));
  else if (path !== '') yield* objectSerializations(path, value);
}

/** How an inner object prints itself. An array prints only its items, which are parts of their own. */
function* objectSerializations(path: string, value: object): Generator<Serialization, void, undefined> {
  if (typeof value !== 'function')
    yield* textSerialization(`String(${path})`, () => (Array.isArray(value) ? '' : toText(value)));
  if (hasMoreToPrint(value)) yield* textSerialization(`inspect(${path})`, () => inspect(value, inspectOptions));
}

const toText = (value: unknown): string => String(value);

/** Whether `inspect` shows more of a value than its properties. */
function hasMoreToPrint(value: object): boolean {
  const isOpaque = types.isPromise(value) || types.isWeakMap(value) || types.isWeakSet(value);
  return isOpaque || typeof tryOrUndefined(() => Reflect.get(value, inspect.custom)) === 'function';
}

function* textSerialization(where: string, act: () => string): Generator<Serialization, void, undefined> {
  const text = tryOrUndefined(act);
  if (text !== undefined && text.length > 3) yield { where, text, isBinary: false };
}

/** Decodes bytes in each likely text encoding. */
function* byteSerializations(where: string, act: () => Uint8Array): Generator<Serialization, void, undefined> {
  const found = tryOrUndefined(act);
  if (found === undefined) return;
  const whole = Buffer.from(found); // a copy: Node 24 corrupts its heap when it decodes UTF-16 of odd length at an odd address
  yield { where, text: whole.toString('latin1'), isBinary: true };
  yield { where, text: whole.toString('utf8'), isBinary: true };
  for (const start of [0, 1]) {
    const units = Buffer.from(whole.subarray(start, start + 2 * Math.floor((whole.length - start) / 2)));
    yield { where, text: units.toString('utf16le'), isBinary: true };
  }
}

/** Serializes to JSON. Throws if shared objects make the result too large. */
function toJson(root: object): string {
  let left = 100_000;
  return JSON.stringify(root, (_, value: unknown) => {
    left -= 1;
    if (left < 0) throw new RangeError('too large to serialize');
    return value;
  });
}
