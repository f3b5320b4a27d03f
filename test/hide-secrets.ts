import { inspect } from 'node:util';

/** Every way in which a value is printed, kept or sent, as text. */
function prints(value: unknown): string[] {
  const texts = [inspect(value, { depth: Infinity, showHidden: true, getters: true }), String(value)];
  texts.push(JSON.stringify(value) ?? '');
  try {
    texts.push(inspect(structuredClone(value), { depth: Infinity }));
  } catch {
    // what cannot be cloned cannot leak by it
  }
  for (let error = value, depth = 0; error instanceof Error && depth < 9; error = error.cause, depth += 1) {
    texts.push(error.message, error.stack ?? '', inspect(Object.getOwnPropertyDescriptors(error), { depth: Infinity }));
  }
  return texts;
}

/** The secrets that show in any print of a value, in plain, percent-encoded or base64 form. */
export function shown(value: unknown, secrets: readonly string[]): string[] {
  const text = prints(value).join('\n');
  const forms = secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    btoa(secret),
    btoa(`billing:${secret}`),
  ]);
  return [...new Set(forms)].filter((form) => text.includes(form));
}
