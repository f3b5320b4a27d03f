import { formatHttpError } from '@bearings/client';
import { isBearingsError } from '@bearings/client/errors';
import type { BearingsError } from '@bearings/client/errors';
import { InvalidConfigError } from '@bearings/config';
import { exitCodes } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { paint } from './color.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';
import { printable } from './redaction.ts';

/** How a failure is told. */
export interface FailureOptions {
  /** Says also where in the code a failure that nobody expected comes from. */
  readonly debug: boolean;
}

/** Tells a person why a command failed, on stderr, and a script by the exit code. */
export async function reportFailure(terminal: Terminal, error: unknown, { debug }: FailureOptions): Promise<ExitCode> {
  const { stderr, interrupted } = terminal;
  if (interrupted.aborted) return exitCodes.interrupted;
  const exitCode = exitCodeOf(error);
  await stderr.write(`${paint(stderr, 'red', 'bearings:')} ${printable(sentenceOf(error))}\n`);
  if (debug && exitCode === exitCodes.unexpected) await stderr.write(`${framesOf(error)}\n`);
  return exitCode;
}

/** The stack without its message, which may quote anything. */
function framesOf(error: unknown): string {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return lines.filter((line) => /^ +at /.test(line)).join('\n');
}

/** What a failure comes to: whose it was. */
function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError || error instanceof InvalidConfigError) return exitCodes.usage;
  if (!isBearingsError(error)) return exitCodes.unexpected;
  if (userErrors.has(error.code)) return exitCodes.usage;
  return error.source === 'client' ? ofClient(error) : exitCodes.noToken;
}

/** One line about a failure, with the code to look up; several for a config with several problems. */
export function sentenceOf(error: unknown): string {
  if (error instanceof UsageError || error instanceof InvalidConfigError) return error.message;
  const line = formatHttpError(error, 'failed').replace(/^failed: /, '');
  const isSystems = error instanceof Error && !isBearingsError(error) && 'code' in error;
  return isSystems && typeof error.code === 'string' ? `${line} (${error.code})` : line;
}

const userErrors: ReadonlySet<string> = new Set([
  'CONFIG',
  'INVALID_URL',
  'INVALID_SCHEME',
  'INVALID_HEADER',
  'DESTINATION_NOT_ALLOWED',
]);

const ofClient = ({ code }: BearingsError): ExitCode =>
  code === 'CLIENT_CLOSED' ? exitCodes.unexpected : exitCodes.noAnswer;
