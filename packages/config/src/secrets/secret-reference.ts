import { isAbsolute, resolve } from 'node:path';
import { googleServiceAccount, SecretString, Token } from '@bearings/oauth-bearer';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { toSafeLine } from '../document/document-path.ts';
import type { Issue } from '../document/issue.ts';
import { placeholderIssue } from '../document/placeholder.ts';
import { InvalidConfigError, createProblem } from '../document/invalid-config-error.ts';
import { readSmallFile } from '../document/small-file.ts';
import { permissionIssue } from './file-permission.ts';
import type { FileRules } from './file-permission.ts';

/** Environment variables, usually the process environment. The library does not read the environment itself. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `secret`: one line. `key`: a private key, which may have many lines. `googleKey`: a service-account key of Google, as it is
 * downloaded.
 */
export type SecretKind = (typeof secretKinds)[number];

const secretKinds = ['secret', 'key', 'googleKey'] as const;

/** True for the kind of a reference to a secret. */
export const isSecretKind = (kind: unknown): kind is SecretKind => secretKinds.some((each) => each === kind);

/** Options of `readSecret`. */
export interface SecretOptions {
  /** The environment variables for `env:NAME`. Default: none. */
  readonly env?: Environment | undefined;
  /** `key` for a private key (PEM or JWK), `googleKey` for a service-account key of Google. Default: `secret`. */
  readonly kind?: SecretKind;
  /** Allows a file that other users can read. Default: only in a container, and at a mount below `/run/secrets`. */
  readonly readableByOthers?: boolean | undefined;
}

/**
 * Reads the current value of a secret: `env:NAME`, or `file:/path` without the line break at its end.
 *
 * The error names the variable or the file, never the content.
 */
export async function readSecret(
  reference: string,
  options: SecretOptions = {},
): Promise<Result<SecretString, InvalidConfigError>> {
  const secret = await resolveSecret(reference, options);
  return secret.mapErr((issue) => new InvalidConfigError('A reference to a secret', [createProblem([], issue, {})]));
}

const notAReference: Issue = {
  found: 'is not a reference to a secret (its value is not shown)',
  expected: 'must be env:NAME or file:/path, because secrets do not belong in a config',
};

/** {@link readSecret} for `readDocument`, which adds the place. */
export async function resolveSecret(
  reference: string,
  { env = {}, kind = 'secret', ...rules }: SecretOptions & FileRules,
): Promise<Result<SecretString, Issue>> {
  const read = parseReference(reference);
  if (read.isErr()) return read;
  return 'variable' in read.value
    ? fromVariable(read.value.variable, env, kind)
    : fromFile(read.value.path, kind, rules);
}

/** Parses a reference. Does not check that the secret exists. */
export function parseReference(
  reference: string,
): Result<{ readonly variable: string } | { readonly path: string }, Issue> {
  const placeholder = placeholderIssue(reference);
  if (placeholder !== undefined) return Err(placeholder);
  const variable = /^env:([A-Za-z_]\w*)$/.exec(reference)?.[1];
  if (variable !== undefined) return Ok({ variable });
  const path = referencedFile(reference);
  if (path === undefined) return Err(notAReference);
  return isAbsolute(path) ? Ok({ path }) : Err(relativePathIssue);
}

const relativePathIssue: Issue = {
  found: 'names a file by a relative path, which works only in a config file',
  expected: 'must be an absolute path here',
};

/** Makes the path of a reference absolute. Other references are returned unchanged. */
export function absoluteReference(reference: string, folder: string): string {
  const path = referencedFile(reference);
  return path === undefined ? reference : `file:${resolve(folder, path)}`;
}

/** The path in a `file:` reference; `undefined` for other references. */
export function referencedFile(reference: string): string | undefined {
  return /^file:([^\0]+)$/s.exec(reference)?.[1];
}

function fromVariable(name: string, env: Environment, kind: SecretKind): Result<SecretString, Issue> {
  const where = `names the environment variable ${name}, which`;
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value === undefined) return Err({ found: `${where} is not set`, expected: 'set it, or correct the name' });
  return checkSecret(value, where, kind);
}

const maxBytes = 64 * 1024;

async function fromFile(path: string, kind: SecretKind, rules: FileRules): Promise<Result<SecretString, Issue>> {
  const where = `names the file ${toSafeLine(path)}, which`;
  const read = await readSmallFile({ path, limitBytes: maxBytes });
  if (read.isErr()) return Err({ ...read.error, found: `${where} ${read.error.found}` });
  const { text, stats } = read.value;
  const issue = await permissionIssue({ path, where, stats }, rules);
  if (issue !== undefined) return Err(issue);
  return checkSecret(text.replace(/\r?\n$/, ''), where, kind);
}

function checkSecret(value: string, where: string, kind: SecretKind): Result<SecretString, Issue> {
  if (value === '') return Err({ found: `${where} is empty`, expected: 'put the secret there' });
  if (kind === 'key') return checkKey(value, where);
  if (kind === 'googleKey') return checkGoogleKey(value, where);
  if (value.trim() !== value) {
    return Err({ found: `${where} has white space around the secret`, expected: 'remove it' });
  }
  if (/\p{Cc}/u.test(value)) {
    return Err({ found: `${where} has a line break or control character in the secret`, expected: 'remove it' });
  }
  return Ok(new SecretString(value));
}

/** Lets Token check the key, because Token uses it. */
function checkKey(value: string, where: string): Result<SecretString, Issue> {
  const probe = Token.onDemand({ tokenEndpoint: 'https://id.example/', clientId: 'probe', privateKey: value });
  if (probe.isOk()) return Ok(new SecretString(value));
  return Err({ found: `${where} ${probe.error.message.replace(/^privateKey value /, '')}`, expected: '' });
}

/** Reads it as `googleServiceAccount` does; the error shows nothing of it. */
function checkGoogleKey(value: string, where: string): Result<SecretString, Issue> {
  try {
    const probe = Token.onDemand(googleServiceAccount(JSON.parse(value), { scopes: [] }));
    if (probe.isOk()) return Ok(new SecretString(value));
  } catch {
    // not such a key
  }
  return Err({
    found: `${where} is not a service-account key of Google`,
    expected: 'use the JSON file as it was downloaded',
  });
}
