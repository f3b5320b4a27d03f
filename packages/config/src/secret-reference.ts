import { isAbsolute, resolve } from 'node:path';
import { geteuid } from 'node:process';
import { SecretString, Token } from '@bearings/oauth-bearer';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { onOneLine } from './document-path.ts';
import type { Flaw } from './flaw.ts';
import { InvalidConfigError, problemAt } from './invalid-config-error.ts';
import { readSmallFile } from './small-file.ts';
import type { SmallFile } from './small-file.ts';

/** Where environment variables are looked up: usually the environment of the process, which a library does not read. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a reference leads to: one line, or a key of many lines. */
export type SecretKind = 'secret' | 'key';

/** What references lead into. */
export interface SecretOptions {
  /** For `env:NAME`. Default: empty. */
  readonly env?: Environment | undefined;
  /** `key` for a PEM or JWK, which has many lines. Default: `secret`. */
  readonly kind?: SecretKind;
}

/**
 * The secret that a reference names, as it is now: `env:NAME`, or `file:/path` with one line break at its end removed.
 *
 * The error names the variable or the file, and never what is in it.
 */
export async function readSecret(
  reference: string,
  options: SecretOptions = {},
): Promise<Result<SecretString, InvalidConfigError>> {
  const secret = await lookUp(reference, options);
  return secret.mapErr((flaw) => new InvalidConfigError('A reference to a secret', [problemAt([], flaw, {})]));
}

const noReference: Flaw = {
  found: 'is no reference to a secret (what is there is not shown)',
  expected: 'must be env:NAME or file:/path; a secret itself does not belong in a config',
};

/** As {@link readSecret}, for a place of a document. */
export async function lookUp(
  reference: string,
  { env = {}, kind = 'secret' }: SecretOptions,
): Promise<Result<SecretString, Flaw>> {
  const read = readReference(reference);
  if (read.isErr()) return read;
  return 'variable' in read.value ? fromVariable(read.value.variable, env, kind) : fromFile(read.value.path, kind);
}

/** What a reference names, whether it is there or not. */
export function readReference(
  reference: string,
): Result<{ readonly variable: string } | { readonly path: string }, Flaw> {
  const variable = /^env:([A-Za-z_]\w*)$/.exec(reference)?.[1];
  if (variable !== undefined) return Ok({ variable });
  const path = fileIn(reference);
  if (path === undefined) return Err(noReference);
  return isAbsolute(path) ? Ok({ path }) : Err(relative);
}

const relative: Flaw = {
  found: 'names a file by a relative path, which is read only from the folder of a config file',
  expected: 'must be an absolute path here',
};

/** The same reference with an absolute path, read from a folder; others as they are. */
export function absoluteReference(reference: string, folder: string): string {
  const path = fileIn(reference);
  return path === undefined ? reference : `file:${resolve(folder, path)}`;
}

/** The path that a reference names; `undefined` for one that names no file. */
export function fileIn(reference: string): string | undefined {
  return /^file:([^\0]+)$/s.exec(reference)?.[1];
}

function fromVariable(name: string, env: Environment, kind: SecretKind): Result<SecretString, Flaw> {
  const where = `names the environment variable ${name}, which`;
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value === undefined) return Err({ found: `${where} is not set`, expected: 'set it, or correct the name' });
  return sound(value, where, kind);
}

const mostBytes = 64 * 1024;

async function fromFile(path: string, kind: SecretKind): Promise<Result<SecretString, Flaw>> {
  const where = `names the file ${onOneLine(path)}, which`;
  const read = await readSmallFile({ path, limitBytes: mostBytes });
  if (read.isErr()) return Err({ ...read.error, found: `${where} ${read.error.found}` });
  const { text, stats } = read.value;
  if (isOpenToOthers(stats)) return Err(tooOpen(where, path, stats));
  return sound(text.replace(/\r?\n$/, ''), where, kind);
}

/**
 * As ssh judges keys: by others never. By its group it may be read, and not written, where the group is how this user
 * reads it, as in a pod: not the owner, nor root, who needs no group.
 */
function isOpenToOthers({ mode, uid }: SmallFile['stats']): boolean {
  const self = geteuid?.();
  if (self === undefined) return false; // Windows has no modes
  const isByGroup = uid !== self && self !== 0 && (mode & 0o070) === 0o040;
  return (mode & 0o007) !== 0 || ((mode & 0o070) !== 0 && !isByGroup);
}

function tooOpen(where: string, path: string, { mode }: SmallFile['stats']): Flaw {
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  return {
    found: `${where} other users may read or write (mode ${octal})`,
    expected: `chmod 600 ${onOneLine(path)} (in Kubernetes: defaultMode: 0400, and fsGroup for a user that is not root)`,
  };
}

function sound(value: string, where: string, kind: SecretKind): Result<SecretString, Flaw> {
  if (value === '') return Err({ found: `${where} is empty`, expected: 'put the secret there' });
  if (kind === 'key') return soundKey(value, where);
  if (value.trim() !== value) {
    return Err({ found: `${where} has white space round the secret`, expected: 'remove it' });
  }
  if (/\p{Cc}/u.test(value)) {
    return Err({ found: `${where} has a line break or control character in the secret`, expected: 'remove it' });
  }
  return Ok(new SecretString(value));
}

/** A key is judged by whom it is for. */
function soundKey(value: string, where: string): Result<SecretString, Flaw> {
  const probe = Token.onDemand({ tokenEndpoint: 'https://id.example/', clientId: 'probe', privateKey: value });
  if (probe.isOk()) return Ok(new SecretString(value));
  return Err({ found: `${where} ${probe.error.message.replace(/^privateKey value /, '')}`, expected: '' });
}
