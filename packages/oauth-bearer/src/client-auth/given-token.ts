import type { Clock } from '@bearings/client';
import { BearingsError } from '@bearings/client/errors';
import { TokenConfigError, TokenUnavailableError } from '../errors.ts';
import { fromBase64 } from '../sealing/base64.ts';

/** A file with a token that another party writes and replaces. */
export interface TokenFile {
  readonly file: string;
  /**
   * Allows a file that other accounts of the machine can read: platforms mount tokens so where a container has no other
   * accounts. Default: false, so that such a file is refused. One that they can write is refused always.
   */
  readonly readableByOthers?: boolean | undefined;
}

/** What {@link readGivenToken} reads. */
export interface GivenTokenContext {
  /** The option, for errors. */
  readonly field: string;
  /** Allows a token that is no JWT. Default: false. */
  readonly isOpaque?: boolean;
  readonly clock: Clock;
}

/** A token of another party, and what its claims say about its end. */
export interface GivenToken {
  readonly value: string;
  /** When it expires, in milliseconds since the epoch; `undefined` when it is no JWT, or does not say. */
  readonly expiresAt: number | undefined;
}

/** How long to wait for the writer of a file that is empty, incomplete or expired, before it is read once more. */
const secondLookMs = 100;

/**
 * Reads a token of another party as it is now: a JWT, or an opaque one where that is allowed.
 *
 * A file may be read while it is replaced: one that is missing, empty or incomplete, and a token that has expired, are read
 * once more.
 *
 * @throws TokenConfigError naming the option and the file, never the content
 * @throws TokenUnavailableError when a function fails
 */
export async function readGivenToken(read: () => Promise<string>, context: GivenTokenContext): Promise<GivenToken> {
  const { field, clock } = context;
  const first = await look(read, context);
  if ('value' in first) return first;
  await new Promise<void>((resolve) => void clock.schedule(secondLookMs, resolve));
  const second = await look(read, context);
  if ('value' in second) return second;
  throw new TokenConfigError(field, second.problem);
}

type Look = GivenToken | { readonly problem: string };

async function look(read: () => Promise<string>, { isOpaque = false, clock }: GivenTokenContext): Promise<Look> {
  const value = (await read()).trim();
  if (value === '') return { problem: 'is empty' };
  const claims = parseClaims(value);
  if (claims === undefined && isOpaque && /^[\x21-\x7e]+$/.test(value)) return { value, expiresAt: undefined };
  if (claims === undefined) return { problem: 'is not a complete JWT (header.claims.signature)' };
  const { exp } = claims;
  const expiresAt = typeof exp === 'number' ? exp * 1_000 : undefined;
  if (expiresAt === undefined || expiresAt > clock.now()) return { value, expiresAt };
  return { problem: `has expired at ${new Date(expiresAt).toISOString()}, and nothing has replaced it` };
}

/** The claims of a JWT, not verified: that is for who receives it. `undefined` for another text. */
export function parseClaims(value: string): Readonly<Record<string, unknown>> | undefined {
  const parts = value.split('.');
  if (parts.length !== 3 || !parts.every((part) => /^[\w-]+$/.test(part))) return undefined;
  try {
    const claims: unknown = JSON.parse(new TextDecoder().decode(fromBase64(parts[1] ?? '')));
    return typeof claims === 'object' && claims !== null ? { ...claims } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes a reader of a file, or of what a function returns.
 *
 * @throws TokenConfigError when it is neither
 */
export function createTokenReader<C>(
  given: TokenFile | ((context: C) => string | Promise<string>),
  field: string,
): (context: C) => Promise<string> {
  if (typeof given === 'function') return (context) => callReader(given, context, field);
  const isFile = typeof given === 'object' && given !== null && typeof given.file === 'string' && given.file !== '';
  if (!isFile) throw new TokenConfigError(field, 'must be { file } or a function');
  const { file, readableByOthers = false } = given;
  return () => readTokenFile(file, readableByOthers, field);
}

async function readTokenFile(file: string, isOpen: boolean, field: string): Promise<string> {
  const name = `file ${JSON.stringify(file)}`;
  try {
    const { readFile, stat } = await import('node:fs/promises');
    const { mode } = await stat(file);
    if (!isWindows) checkMode(mode, isOpen, (problem) => new TokenConfigError(field, `${name} ${problem}`));
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof TokenConfigError) throw cause;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'an error';
    throw new TokenConfigError(field, `${name} cannot be read (${code})`);
  }
}

/** An account that can write the file chooses the identity that the server sees; one that can read it can act as the client. */
function checkMode(mode: number, isOpen: boolean, toError: (problem: string) => TokenConfigError): void {
  if ((mode & 0o002) !== 0) throw toError('can be written by every account of this machine: chmod 600 it');
  if ((mode & 0o005) === 0 || isOpen) return;
  const advice = 'chmod 600 it, or set readableByOthers where no other account uses this machine';
  throw toError(`can be read by every account of this machine: ${advice}`);
}

/** There, a mode says nothing about other accounts. */
const isWindows = globalThis.navigator?.platform === 'win32';

/** What foreign code throws may contain a token, so only errors of Bearings are kept. */
async function callReader<C>(
  read: (context: C) => string | Promise<string>,
  context: C,
  field: string,
): Promise<string> {
  let value: unknown;
  try {
    value = await read(context);
  } catch (cause) {
    if (cause instanceof BearingsError) throw new TokenUnavailableError(cause.message, { cause });
    throw new TokenUnavailableError(`the ${field} function failed`);
  }
  if (typeof value === 'string') return value;
  throw new TokenConfigError(field, `must be a function that returns a string, not ${typeof value}`);
}
