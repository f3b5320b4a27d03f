import { formatHttpError } from '@bearings/client';
import { isBearingsError } from '@bearings/client/errors';
import type { BearingsError } from '@bearings/client/errors';
import { InvalidConfigError } from '@bearings/config';
import { exitCodes } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { color } from './color.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';
import { printable } from './redaction.ts';
import { tokenErrorCause, tokenErrorRemedy } from './token-remedies.ts';

/** How to report a failure. */
export interface ReportFailureOptions {
  /** Also prints the stack of an unexpected failure. */
  readonly debug: boolean;
}

/** Reports why a command failed: to people on stderr, to scripts by the exit code. */
export async function reportFailure(
  terminal: Terminal,
  error: unknown,
  { debug }: ReportFailureOptions,
): Promise<ExitCode> {
  const { stderr, interrupted } = terminal;
  if (interrupted.aborted) return exitCodes.interrupted;
  const exitCode = exitCodeFor(error);
  await stderr.write(`${color(stderr, 'red', 'bearings:')} ${printable(describeFailure(error))}\n`);
  if (debug && exitCode === exitCodes.unexpected) await stderr.write(`${stackFrames(error)}\n`);
  return exitCode;
}

/** The stack without the message, which may quote a secret. */
function stackFrames(error: unknown): string {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return lines.filter((line) => /^ +at /.test(line)).join('\n');
}

/** The exit code by the origin of the failure: usage, API, authorization server or other. */
function exitCodeFor(error: unknown): ExitCode {
  if (error instanceof UsageError || error instanceof InvalidConfigError) return exitCodes.usage;
  if (!isBearingsError(error)) return exitCodes.unexpected;
  if (usageErrorCodes.has(error.code)) return exitCodes.usage;
  return error.source === 'client' ? clientErrorExitCode(error) : exitCodes.noToken;
}

/** One line about a failure, with its code; one line per problem for an invalid config. */
export function describeFailure(error: unknown): string {
  if (error instanceof UsageError || error instanceof InvalidConfigError) return error.message;
  if (isBearingsError(error, 'REAUTHORIZATION_REQUIRED')) {
    return `${tokenErrorCause(error)}. ${tokenErrorRemedy(error)} (${error.code})`;
  }
  const line = formatHttpError(error);
  const isSystemError = error instanceof Error && !isBearingsError(error) && 'code' in error;
  return isSystemError && typeof error.code === 'string' ? `${line} (${error.code})` : line;
}

const usageErrorCodes: ReadonlySet<string> = new Set([
  'CONFIG',
  'TOKEN_CONFIG',
  'DISCOVERY_CONFIG',
  'INVALID_URL',
  'INVALID_SCHEME',
  'INVALID_HEADER',
  'DESTINATION_NOT_ALLOWED',
]);

const clientErrorExitCode = ({ code }: BearingsError): ExitCode =>
  code === 'CLIENT_CLOSED' ? exitCodes.unexpected : exitCodes.noAnswer;
