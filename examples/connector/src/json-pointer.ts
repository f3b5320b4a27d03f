/** The value at a JSON pointer (RFC 6901), or the first missing part of its path. */
export type PointerResult = { readonly value: unknown } | { readonly missingAt: string };

/** Resolves a JSON pointer. The empty pointer is the document itself. */
export function resolvePointer(document: unknown, pointer: string): PointerResult {
  let value: unknown = document;
  let path = '';
  for (const step of pointer.split('/').slice(1)) {
    path += `/${step}`;
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return { missingAt: path };
    value = Reflect.get(value, key);
  }
  return { value };
}
