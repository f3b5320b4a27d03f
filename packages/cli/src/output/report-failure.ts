import { formatHttpError } from '@bearings/client';
import { isBearingsError } from '@bearings/client/errors';
import type { BearingsError } from '@bearings/client/errors';
import { InvalidConfigError } from '@bearings/config';
import { exitCodes } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { color } from './color.ts';
import type { Output, Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';
import { printable } from './redaction.ts';
import { tokenErrorCause, tokenErrorRemedy } from './token-remedies.ts';

/** How to report a failure. */
export interface ReportFailureOptions {
  /** Also prints the stack of an unexpected failure. */
  readonly debug: boolean;
  /** The client that the command was about. Default: none. */
  readonly client?: string | undefined;
}

/** Reports why a command failed: to people on stderr, to scripts by the exit code. */
export async function reportFailure(
  terminal: Terminal,
  error: unknown,
  { debug, client }: ReportFailureOptions,
): Promise<ExitCode> {
  const { stderr, interrupted } = terminal;
  if (interrupted.aborted) return exitCodes.interrupted;
  const exitCode = exitCodeFor(error);
  const line = withLink(printable(describeFailure(error)), error, stderr);
  await stderr.write(`${color(stderr, 'red', 'bearings:')} ${line}\n`);
  if (client !== undefined && isForDoctor(exitCode, error))
    await stderr.write(`  bearings doctor ${printable(client)} tells more\n`);
  if (debug && exitCode === exitCodes.unexpected) await stderr.write(`${stackFrames(error)}\n`);
  return exitCode;
}

const documentation = 'https://bearings-dev.github.io/bearings/errors';

/** In a terminal with colors, the code at the end leads to its row in the documentation (OSC 8). */
function withLink(line: string, error: unknown, { isTTY, hasColor }: Output): string {
  if (!isTTY || !hasColor || !isBearingsError(error)) return line;
  const { code } = error;
  return line.replace(`(${code})`, `(\u001b]8;;${documentation}#${code}\u0007${code}\u001b]8;;\u0007)`);
}

/** True when there is no token, or no connection: `bearings doctor` finds the cause. A missing login names its remedy. */
const isForDoctor = (exitCode: ExitCode, error: unknown): boolean =>
  (exitCode === exitCodes.noToken && !isBearingsError(error, 'REAUTHORIZATION_REQUIRED')) ||
  isBearingsError(error, 'TRANSPORT') ||
  isBearingsError(error, 'TLS');

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
  if (error instanceof UsageError || error instanceof InvalidConfigError) {
    return error.message;
  }
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
