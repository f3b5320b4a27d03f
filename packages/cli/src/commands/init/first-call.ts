import { STATUS_CODES } from 'node:http';
import { discard } from '@bearings/client/layer';
import type { Client } from '@bearings/client';
import { describeFailure } from '../../output/report-failure.ts';
import { printable } from '../../output/redaction.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { UsageError } from '../../usage-error.ts';
import { resolveTarget } from '../call/resolve-target.ts';
import type { Prompts } from './prompts.ts';

/** The client to call. */
export interface FirstCallContext {
  readonly prompts: Prompts;
  readonly client: Pick<Client, 'fetch'>;
  readonly baseUrl: string;
}

const limits = { retry: 0, timeout: 10_000, bodyTimeout: 10_000, totalTimeout: 20_000 };

/**
 * Asks for a path, sends GET, and prints what was answered.
 *
 * @returns false when the API rejects the credential
 */
export async function sendFirstCall(
  { interrupted }: Terminal,
  { prompts, client, baseUrl }: FirstCallContext,
): Promise<boolean> {
  const path = await prompts.text({
    message: 'The path of a first call, a GET, such as v1/orders (leave empty for the base URL)?',
    initial: '',
    check: (answer) => describeWrongPath(baseUrl, answer),
  });
  try {
    const response = await client.fetch(resolveTarget(baseUrl, path), { signal: interrupted, ...limits });
    await discard(response);
    const { status } = response;
    const statusText = STATUS_CODES[status] ?? ''; // the server's own may have what was sent
    const line = printable(`GET /${path.replace(/^\/|[?#].*$/gs, '')} answered ${status} ${statusText}`.trimEnd());
    await prompts.print(`  ${status < 400 ? '✓' : '!'} ${line}${explanations.get(status) ?? ''}`);
    return status !== 401 && status !== 403;
  } catch (error) {
    if (interrupted.aborted) throw error;
    await prompts.print(`  ✗ ${printable(describeFailure(error))}`);
    return true;
  }
}

const explanations: ReadonlyMap<number, string> = new Map([
  [401, ': the API rejects the credential (audience, or another authorization server)'],
  [403, ': the credential is valid, but not allowed to do this (scopes)'],
  [404, ': the credential is accepted, and this path does not exist'],
]);

function describeWrongPath(baseUrl: string, path: string): string | undefined {
  try {
    resolveTarget(baseUrl, path);
    return undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.message.split('\n')[0];
    throw error;
  }
}
