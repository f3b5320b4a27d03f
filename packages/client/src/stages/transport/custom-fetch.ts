import { cancelOnAbort } from '../../body/cancel-on-abort.ts';
import type { ClientRequest } from '../../core/request.ts';
import { ConfigError, isBearingsError, TransportError } from '../../errors/index.ts';

/**
 * The arguments for a `fetch` that the user has given. Both of them are complete, because functions differ in what they
 * read: a Request that is the first argument alone, or a URL and options. As text, the Request is its URL: `fetch` of
 * another copy of undici, and code that calls `new URL(input)`, read it as one.
 */
export function customFetchArguments(request: ClientRequest, init: RequestInit): [Request, RequestInit] {
  const { url, body, canReplay } = request;
  if (body instanceof ReadableStream && !canReplay) {
    init.duplex = 'half';
    init.body = init.signal ? cancelOnAbort(body, init.signal) : body;
  }
  return [new AddressedRequest(url, init), init];
}

/** A Request whose text is its URL. A class, because a property of each Request takes longer than making the Request. */
class AddressedRequest extends Request {
  override toString(): string {
    return this.url;
  }
}

/** What a failed connection is called by the `fetch` of Node.js, browsers, Deno, Bun and Workers. */
const networkMessage =
  /^(?:fetch failed|failed to fetch|load failed|networkerror|network|error sending request|client error|connection|unable to connect|the socket|terminated|body timeout)/i;

const bugNames: ReadonlySet<string> = new Set(['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError']);

/** Messages of the engine itself, which quote the source code of the function and nothing that was sent. */
const engineMessage =
  /^(?:Cannot (?:read|set) properties of (?:undefined|null)|[\w$.]{1,80} is not (?:defined|a function|iterable|a constructor)|Assignment to constant variable)/;

/**
 * The error for a `fetch` of the user's that failed by itself and not by the network; `undefined` for a failure of the
 * network. Its message may quote what was sent, so what is kept is its name and where it was thrown.
 */
export function customFetchError(cause: unknown, request: ClientRequest): Error | undefined {
  if (isBearingsError(cause)) return cause; // another client is the network
  if (!(cause instanceof Error)) return undefined;
  const { name, message } = cause;
  if ('code' in cause || networkMessage.test(message) || hasCode(cause.cause)) return undefined;
  const [known] = engineMessage.exec(message) ?? [];
  const what = `${shownName(name)}${known === undefined ? '' : ` "${known}"`}${firstFrame(cause)}`;
  if (bugNames.has(name)) return new ConfigError('fetch', `The fetch given to createClient threw ${what}`);
  const detail = `the fetch given to createClient threw ${what}`;
  return new TransportError(request, { canReplay: request.canReplay, reason: 'UNKNOWN', detail });
}

const hasCode = (cause: unknown): boolean => cause instanceof Error && 'code' in cause;

const shownName = (name: string): string => (/^[\w$]{1,60}$/.test(name) ? name : 'an error');

/** Where an error was thrown. The frames come after the message, which may look like one. */
function firstFrame({ name, message, stack }: Error): string {
  const head = message === '' ? name : `${name}: ${message}`;
  if (typeof stack !== 'string' || !stack.startsWith(head)) return '';
  const [, frame] = /^\s*at ([^\n]{1,300})/.exec(stack.slice(head.length)) ?? [];
  return frame === undefined ? '' : ` at ${frame}`;
}
