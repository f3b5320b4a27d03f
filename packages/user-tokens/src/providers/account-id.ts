import type { AccountLookup } from './provider.ts';

/** Members of a response, such as the extras of a token, or a Map. */
interface MemberReader {
  get(name: string): unknown;
}

/** The id of the account in a response; `undefined` if it is not there, or is no text or number. */
export function accountId({ member }: AccountLookup, members: MemberReader): string | undefined {
  const parts = [member].flat().map((path) => readPath(path.split('.'), members));
  return parts.every((part) => part !== undefined) ? parts.join('/') : undefined;
}

function readPath([first = '', ...rest]: readonly string[], members: MemberReader): string | undefined {
  let value = members.get(first);
  for (const name of rest) value = Object.getOwnPropertyDescriptor(Object(value), name)?.value;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
