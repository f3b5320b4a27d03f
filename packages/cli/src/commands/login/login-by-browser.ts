import { isSecure, untilAborted } from '@bearings/client/layer';
import { TokenUnavailableError } from '@bearings/oauth-bearer';
import type { PendingAuthorization } from '@bearings/user-tokens';
import { openLoopback } from '@bearings/user-tokens/loopback';
import type { Loopback } from '@bearings/user-tokens/loopback';
import type { OpenUserTokens } from '@bearings/config';
import type { ExitCode } from '../../exit-codes.ts';
import { UsageError } from '../../usage-error.ts';
import { finishLogin } from './finish-login.ts';
import type { LoginContext } from './login-context.ts';
import { readPastedUrls } from './read-pasted-urls.ts';
import { watchConsent } from './watch-consent.ts';

/** How the person comes to the server's page. */
export interface BrowserOptions {
  readonly ports: readonly number[];
  /** Default: the person opens the URL. */
  readonly openBrowser?: (url: string) => Promise<void>;
}

/**
 * Logs in with a browser that comes back to this machine (RFC 8252). Without one, the person may paste the URL that a browser
 * elsewhere was redirected to.
 *
 * @throws UsageError when no port is free
 * @throws TokenError
 */
export async function loginByBrowser(context: LoginContext, { ports, openBrowser }: BrowserOptions): Promise<ExitCode> {
  await using loopback = await listen(ports);
  const opened = await context.open(loopback.redirectUri);
  await using users = opened.users;
  const consent = watchConsent(users);
  const flow = await startConsent(opened);
  const url = await loopback.start(users, flow);
  if (url === undefined)
    throw consent().error ?? new TokenUnavailableError(`${context.server} has no page to log in at, or is down`);
  await (openBrowser === undefined ? showUrl(url, context) : openPage(url, openBrowser, context));
  const result = await waitForAnswer(flow, { loopback, opened, readsUrl: openBrowser === undefined }, context);
  await loopback.close(); // the page in the browser is complete
  return await finishLogin({ result, ...consent() }, opened, context);
}

async function listen(ports: readonly number[]): Promise<Loopback> {
  try {
    return await openLoopback({ ports });
  } catch (cause) {
    const code = String(Object(cause).code);
    throw new UsageError(
      `127.0.0.1 cannot be listened on at port ${ports.join(' or ')} (${code}): choose another --port`,
    );
  }
}

/** Any account: the person chooses it at the server. */
async function startConsent({ users, purpose }: OpenUserTokens): Promise<PendingAuthorization> {
  const flow = await users.authorize({ ...purpose, account: '' });
  if (flow.isErr()) throw flow.error;
  if (flow.value.status === 'pending') return flow.value;
  throw new TypeError('Consent for any account is always pending');
}

const showUrl = (url: string, { terminal }: LoginContext): Promise<void> =>
  terminal.stderr.write(
    [
      'Open this page in a browser:',
      `  ${url}`,
      'Then the browser goes to a page at 127.0.0.1. If that does not load, paste its address here:',
      '',
    ].join('\n'),
  );

/** Nothing but https, or http on this machine, is passed to the system. */
async function openPage(
  url: string,
  openBrowser: (url: string) => Promise<void>,
  { terminal, server }: LoginContext,
): Promise<void> {
  const page = new URL(url);
  if (!isSecure(page))
    throw new UsageError(`the page to log in at is not https: ${server} has ${page.protocol}//${page.host}`);
  await terminal.stderr.write(`Opening a browser. If it does not open, open this page:\n  ${url}\n`);
  try {
    await openBrowser(url);
  } catch {
    // the page is shown above
  }
}

interface Answering {
  readonly loopback: Loopback;
  readonly opened: OpenUserTokens;
  readonly readsUrl: boolean;
}

async function waitForAnswer(
  flow: PendingAuthorization,
  { loopback, opened, readsUrl }: Answering,
  { terminal }: LoginContext,
) {
  const stop = new AbortController();
  const reading = readsUrl ? readPastedUrls(terminal, loopback, stop.signal) : undefined;
  try {
    const ended = opened.users.wait(flow.id, { signal: terminal.interrupted });
    const result = await untilAborted(ended, terminal.interrupted);
    if (result.isErr()) throw result.error;
    return result.value;
  } finally {
    stop.abort();
    await reading;
  }
}
