/** What a JSON pointer leads to (RFC 6901), or how far it led. */
export type Pointed = { readonly value: unknown } | { readonly missingAt: string };

/** Follows a JSON pointer. The empty one leads to the document itself. */
export function follow(document: unknown, pointer: string): Pointed {
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
