import type { PendingAuthorization } from '../consent/authorization.ts';
import { errorPages } from '../consent/error-pages.ts';
import { page } from '../consent/page.ts';
import type { PageContent } from '../consent/page.ts';
import type { UserTokens } from '../user-tokens.ts';
import { listenOnLoopback } from './loopback-server.ts';

/** Where to listen. */
export interface LoopbackOptions {
  /** The ports to try, in this order; 0 is any. Default: `[0]`. */
  readonly ports?: readonly number[];
}

/** The person at this machine and a browser anywhere. A program that ends closes it. */
export interface Loopback extends AsyncDisposable {
  /** The option `redirectUri` of `UserTokens.create`. */
  readonly redirectUri: string;
  /**
   * Starts a consent: answers with the page of the authorization server to open. From now on its answer is accepted, once.
   * `undefined` when the server cannot be found, or `consent-failed` says why it cannot be used.
   */
  start(users: Pick<UserTokens, 'handler' | 'subscribe'>, flow: PendingAuthorization): Promise<string | undefined>;
  /**
   * Accepts the URL to which a browser on another machine was redirected, as the person has copied it. False when it is not
   * an answer to this consent, which then goes on.
   */
  accept(url: string): Promise<boolean>;
  /** Ends when the last response is sent. */
  close(): Promise<void>;
}

/** What accepts the answer to one consent. */
interface Receiver {
  readonly path: string;
  /** Answers with the page to show, and whether the consent has ended. */
  readonly receive: (url: URL) => Promise<{ readonly response: Response; readonly hasEnded: boolean }>;
}

/**
 * Listens for the answer to one consent: on the literal 127.0.0.1, at one path, GET alone, with its own `Host`. It stops
 * listening at the first valid answer.
 *
 * The page of the server is opened directly, so it is this process and not the browser that has the flow's cookie:
 * an answer is bound to it by `state`, which nothing but the opened URL contains.
 *
 * @throws Error with a `code`, such as `EADDRINUSE`, when no port is free
 */
export async function openLoopback({ ports = [0] }: LoopbackOptions = {}): Promise<Loopback> {
  let receiver: Receiver | undefined;
  const server = await listenOnLoopback(ports, async (request) => {
    const refusal = findRefusal(request, server.origin, receiver?.path);
    if (refusal !== undefined || receiver === undefined) return page(refusal ?? errorPages.notFound);
    const { response, hasEnded } = await receiver.receive(new URL(request.url));
    if (hasEnded) void server.close();
    response.headers.set('connection', 'close');
    return response;
  });
  return {
    redirectUri: server.origin,
    async start(users, flow) {
      const opened = await users.handler(new Request(flow.url));
      const location = opened.headers.get('location');
      const [cookie = ''] = opened.headers.getSetCookie()[0]?.split(';') ?? [];
      if (location === null) return undefined;
      receiver = createReceiver(users, {
        flow,
        cookie,
        redirectUri: new URL(location).searchParams.get('redirect_uri'),
      });
      return location;
    },
    async accept(text) {
      const url = URL.parse(text.trim());
      if (url === null || receiver === undefined) return false;
      if (url.origin !== server.origin || url.pathname !== receiver.path) return false;
      return (await receiver.receive(url)).hasEnded;
    },
    close: () => server.close(),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

function findRefusal(request: Request, origin: string, path: string | undefined): PageContent | undefined {
  const url = new URL(request.url);
  if (url.origin !== origin) return errorPages.wrongHost; // a web page may let its own name resolve to 127.0.0.1
  if (url.pathname !== path) return errorPages.notFound;
  return request.method === 'GET' ? undefined : errorPages.wrongMethod;
}

interface StartedFlow {
  readonly flow: PendingAuthorization;
  readonly cookie: string;
  readonly redirectUri: string | null;
}

function createReceiver(
  users: Pick<UserTokens, 'handler' | 'subscribe'>,
  { flow, cookie, redirectUri }: StartedFlow,
): Receiver {
  let ending: PageContent | undefined;
  users.subscribe((event) => {
    if (!('flowId' in event) || event.flowId !== flow.id) return;
    if (event.type === 'consent-completed') ending = completedPage;
    if (event.type === 'consent-denied' || event.type === 'consent-failed') ending = failedPage;
  });
  return {
    path: new URL(redirectUri ?? flow.url).pathname,
    async receive(url) {
      const response = await users.handler(new Request(url, { headers: { cookie } }));
      const hasEnded = ending !== undefined;
      return { response: ending === undefined ? response : page(ending), hasEnded };
    },
  };
}

const paragraphs = ['You can close this window and return to the terminal.'];
const completedPage: PageContent = { status: 200, title: 'You are logged in', paragraphs };
const failedPage: PageContent = { status: 400, title: 'You are not logged in', paragraphs };
