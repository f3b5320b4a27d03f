import { inspect, types } from 'node:util';
import { serialize } from 'node:v8';
import { attempt, isObject, partsOf } from './parts-of.ts';
import type { Part } from './parts-of.ts';

/** A text that a program may come to print, keep or send. */
export interface Print {
  /** The way to it: `inspect`, `JSON.stringify`, …, or the path to a part, such as `cause.message`. */
  readonly where: string;
  readonly text: string;
  /** Whether these are bytes, read as text. */
  readonly isOfBytes: boolean;
}

/**
 * All that a program may come to print, keep or send of a value: by the usual ways of printing and copying the whole, and
 * by walking through its parts. A way that throws is passed over.
 *
 * @throws TypeError when there is too much in it to look at the whole
 */
export function* printsOf(thing: unknown): Generator<Print, void, undefined> {
  const { parts, isSmallTree } = partsOf(thing);
  for (const part of parts) yield* printsOfPart(part);
  if (!isObject(thing)) return;
  yield* print('String', () => (isSmallTree ? textOf(thing) : ''));
  yield* print('inspect', () => inspect(thing, isSmallTree ? { ...most, depth: Infinity, getters: true } : most));
  yield* print('JSON.stringify', () => jsonOf(thing));
  yield* bytes('v8.serialize', () => serialize(thing));
  const clone = attempt(() => structuredClone(thing));
  for (const part of partsOf(clone, 'structuredClone').parts) yield* printsOfPart(part);
}

const most = {
  depth: 1,
  showHidden: true,
  breakLength: Infinity,
  maxStringLength: Infinity,
  maxArrayLength: 1_000,
} as const;

function* printsOfPart({ path, value }: Part): Generator<Print, void, undefined> {
  if (!isObject(value)) yield* print(path === '' ? 'text' : path, () => textOf(value));
  else if (ArrayBuffer.isView(value))
    yield* bytes(path === '' ? 'bytes' : path, () => new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  else if (types.isAnyArrayBuffer(value)) yield* bytes(path === '' ? 'bytes' : path, () => new Uint8Array(value));
  else if (path !== '') yield* printsOfInner(path, value);
}

/** What a part prints of itself. Lists print no more than what is in them, and functions their source. */
function* printsOfInner(path: string, value: object): Generator<Print, void, undefined> {
  if (typeof value !== 'function') yield* print(`String(${path})`, () => (Array.isArray(value) ? '' : textOf(value)));
  if (hasMoreToPrint(value)) yield* print(`inspect(${path})`, () => inspect(value, most));
}

/** As `String` and a template literal have it. */
const textOf = (value: unknown): string => String(value);

/** Whether `inspect` sees more of a value than a walk through its properties does. */
function hasMoreToPrint(value: object): boolean {
  const isOpaque = types.isPromise(value) || types.isWeakMap(value) || types.isWeakSet(value);
  return isOpaque || typeof attempt(() => Reflect.get(value, inspect.custom)) === 'function';
}

function* print(where: string, act: () => string): Generator<Print, void, undefined> {
  const text = attempt(act);
  if (text !== undefined && text.length > 3) yield { where, text, isOfBytes: false };
}

/** Bytes, as each of the encodings in which a text may stand in them. */
function* bytes(where: string, act: () => Uint8Array): Generator<Print, void, undefined> {
  const found = attempt(act);
  if (found === undefined) return;
  const whole = Buffer.from(found); // a copy: Node 24 breaks its heap when it reads UTF-16 of odd length at an odd address
  yield { where, text: whole.toString('latin1'), isOfBytes: true };
  yield { where, text: whole.toString('utf8'), isOfBytes: true };
  for (const start of [0, 1]) {
    const units = Buffer.from(whole.subarray(start, start + 2 * Math.floor((whole.length - start) / 2)));
    yield { where, text: units.toString('utf16le'), isOfBytes: true };
  }
}

/** As JSON, unless what is shared makes that endless. */
function jsonOf(thing: object): string {
  let left = 100_000;
  return JSON.stringify(thing, (_, value: unknown) => {
    left -= 1;
    if (left < 0) throw new RangeError('too much to write out');
    return value;
  });
}
