import { isFields, isList } from '../../src/documents/value.ts';
import type { Path, Value } from '../../src/documents/value.ts';

/** The value at a path; `undefined` when there is none. */
export function valueAt(value: Value | undefined, path: Path): Value | undefined {
  return path.reduce<Value | undefined>((each, step) => {
    if (isList(each)) return each[Number(step)];
    return isFields(each) && Object.hasOwn(each, step) ? each[step] : undefined;
  }, value);
}

/** The same value with another one at a path. Groups on the way are made; `undefined` removes a field. */
export function setAt(value: Value | undefined, [step, ...rest]: Path, next: Value | undefined): Value | undefined {
  if (step === undefined) return next;
  if (typeof step === 'number') {
    const items = isList(value) ? value : [];
    const item = setAt(items[step], rest, next);
    return item === undefined ? items.toSpliced(step, 1) : items.toSpliced(step, 1, item);
  }
  const fields = isFields(value) ? value : {};
  const field = setAt(fields[step], rest, next);
  const others = Object.entries(fields).filter(([name]) => name !== step);
  if (field === undefined) return Object.fromEntries(others);
  if (Object.hasOwn(fields, step)) {
    return Object.fromEntries(Object.entries(fields).map(([name, each]) => [name, name === step ? field : each]));
  }
  return Object.fromEntries([...others, [step, field]]);
}

/** A path as problems have it: `clients.orders.auth.scopes[1]`. */
export function formatPath(path: Path): string {
  return path
    .map((step, depth) => {
      if (typeof step === 'number') return `[${step}]`;
      if (!/^[\w$-]+$/.test(step)) return `[${JSON.stringify(step)}]`;
      return depth === 0 ? step : `.${step}`;
    })
    .join('');
}
