import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Terminal } from '../../terminal/terminal.ts';
import { UsageError } from '../../usage-error.ts';

/**
 * Reads the values of `-F` into a form: `name=value`, or `name=@file` with `;type=…` and `;filename=…` after it, as for
 * curl. Files are read when they are sent.
 *
 * @throws UsageError, whose message shows no value
 */
export async function parseFormArguments(terminal: Terminal, given: readonly string[]): Promise<FormData> {
  const form = new FormData();
  for (const each of given) {
    const [, name = '', value] = /^([^=]*)=(.*)$/s.exec(each) ?? [];
    if (value === undefined || name === '') throw new UsageError('-F needs name=value or name=@file');
    if (value.startsWith('@')) await appendFile(terminal, form, { name, ...parseFile(value.slice(1)) });
    else form.append(name, value);
  }
  return form;
}

interface FormFile {
  readonly path: string;
  readonly type: string | undefined;
  readonly filename: string | undefined;
}

/** The attributes are at the end, so that a file name may have a semicolon. */
function parseFile(text: string): FormFile {
  let path = text;
  const attributes = new Map<string, string>();
  for (;;) {
    const [attribute, name = '', value = ''] = /;(type|filename)=([^;]*)$/.exec(path) ?? [];
    if (attribute === undefined) break;
    attributes.set(name, value);
    path = path.slice(0, -attribute.length);
  }
  return { path, type: attributes.get('type'), filename: attributes.get('filename') };
}

async function appendFile(
  { cwd }: Terminal,
  form: FormData,
  { name, path, type, filename }: FormFile & { readonly name: string },
): Promise<void> {
  if (path === '-')
    throw new UsageError('-F cannot read stdin: write it into a file, or send it as the body with -d @-');
  const file = await openFile(resolve(cwd, path), path, type ?? guessType(path));
  form.append(name, file, filename ?? basename(path));
}

async function openFile(path: string, shown: string, type: string): Promise<Blob> {
  try {
    if (!(await stat(path)).isFile()) throw new UsageError(`-F @${shown} is not a file`);
    return await openAsBlob(path, { type });
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new UsageError(`-F @${shown} cannot be read (${code})`);
  }
}

const types: ReadonlyMap<string, string> = new Map([
  ['json', 'application/json'],
  ['txt', 'text/plain'],
  ['csv', 'text/csv'],
  ['xml', 'application/xml'],
  ['html', 'text/html'],
  ['pdf', 'application/pdf'],
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['gif', 'image/gif'],
  ['svg', 'image/svg+xml'],
  ['zip', 'application/zip'],
]);

const guessType = (path: string): string =>
  types.get(path.replace(/^.*\./s, '').toLowerCase()) ?? 'application/octet-stream';
