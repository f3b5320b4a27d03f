import { systemClock } from '@bearings/client';
import { discard } from '@bearings/client/layer';
import { parseBearerChallenge } from '@bearings/oauth-bearer';
import { discoverResource } from '@bearings/oidc-discovery';
import type { ResourceMetadata } from '@bearings/oidc-discovery';
import { describeFailure } from '../../output/report-failure.ts';
import { printable } from '../../output/redaction.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { withTimeout } from '../../time/with-timeout.ts';
import type { Prompts } from './prompts.ts';

/** What an API demands from its callers. */
export interface ApiHints {
  /** How it wants them to authenticate; `undefined` when it does not say. */
  readonly wants: 'bearer' | 'basic' | undefined;
  /** The authorization server and the scopes that it names (RFC 9728). */
  readonly issuerUrl?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
}

const limitMs = 5_000;

/** Asks an API, without a credential, how its callers authenticate, and prints what it found. */
export async function lookAtApi(terminal: Terminal, prompts: Prompts, baseUrl: string): Promise<ApiHints> {
  await prompts.print(`  asking ${printable(baseUrl)} without a credential …`);
  try {
    const answer = await request(terminal, baseUrl);
    const { status, headers } = answer;
    const wants = readChallenge(headers);
    await prompts.print(`  ${describeAnswer(status, wants)}`);
    if (wants !== 'bearer') return { wants };
    const metadata = await readMetadata(terminal, baseUrl);
    if (metadata === undefined) return { wants };
    const {
      authorization_servers: [issuerUrl],
      scopes_supported: scopes,
    } = metadata;
    await prompts.print(`  ✓ it names its authorization server: ${printable(issuerUrl)}`);
    return { wants, issuerUrl, scopes };
  } catch (error) {
    if (terminal.interrupted.aborted) throw error;
    await prompts.print(`  ! it does not answer: ${printable(describeFailure(error))}`);
    return { wants: undefined };
  }
}

async function request(terminal: Terminal, url: string): Promise<Response> {
  const { fetch, clock = systemClock, interrupted } = terminal;
  return withTimeout(limitMs, clock, async (limit) => {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.any([limit, interrupted]) });
    await discard(response);
    return response;
  });
}

function readChallenge(headers: Headers): ApiHints['wants'] {
  if (parseBearerChallenge(headers) !== undefined) return 'bearer';
  return /(?:^|,)\s*basic\b/i.test(headers.get('www-authenticate') ?? '') ? 'basic' : undefined;
}

function describeAnswer(status: number, wants: ApiHints['wants']): string {
  if (wants === 'bearer') return `✓ it answers ${status} and wants a bearer token`;
  if (wants === 'basic') return `✓ it answers ${status} and wants user and password`;
  if (status === 401 || status === 403) return `✓ it answers ${status}, but does not say how callers authenticate`;
  if (status >= 300 && status < 400) return `! it answers ${status}, a redirect, perhaps to a login page`;
  return `! it answers ${status}; that path needs no credential, or does not exist`;
}

async function readMetadata(
  { fetch, clock = systemClock }: Terminal,
  url: string,
): Promise<ResourceMetadata | undefined> {
  const found = await withTimeout(limitMs, clock, () => discoverResource(url, { fetch, clock }));
  return found.isOk() ? found.value : undefined;
}
