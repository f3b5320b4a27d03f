import { untilAborted } from '@bearings/client/layer';
import type { Clock } from '@bearings/client';
import { http, HttpResponse } from 'msw';
import type { HttpHandler } from 'msw';
import { answerOf, fetched, needsSocket, responseOf, withHeaders } from './answer.ts';
import type { Answer } from './answer.ts';
import type { Fault, FaultContext } from './fault.ts';
import { Injections } from './injections.ts';
import type { Injection, InjectOptions } from './injections.ts';
import { LoggedRequest } from './logged-request.ts';
import { listenOnLoopback } from './loopback.ts';
import type { ListenOptions, Loopback } from './loopback.ts';

/** What makes a server this one and no other. `S`: where its faults happen. */
export interface Role<S extends FaultContext> {
  /** Its name, until it listens. */
  readonly origin: string;
  readonly clock: Clock;
  /** What it can be asked; the first is what a fault is about when nobody says. */
  readonly endpoints: readonly [string, ...string[]];
  /** Which of them a request is for. */
  readonly endpointOf: (request: Request) => string | undefined;
  readonly answer: (request: Request) => Answer | Response | Promise<Answer | Response>;
  /** Adds to a scene what only this kind of server can do. */
  readonly stage: (scene: FaultContext) => S;
}

/** What every fake server has, an issuer as well as an API: its forms, its log and its faults. */
export class FakeServer<S extends FaultContext> {
  /** What it was asked, in order. */
  readonly requests: readonly LoggedRequest[];
  /** The server as a network of its own, for whatever takes a `fetch`. Every other origin is unreachable. */
  readonly fetch: typeof globalThis.fetch;
  readonly #role: Role<S>;
  readonly #injections = new Injections<S>();
  readonly #log: LoggedRequest[] = [];
  #loopback: Loopback | undefined;

  constructor(role: Role<S>) {
    this.#role = role;
    this.requests = this.#log;
    this.fetch = async (input, init) => {
      const request = new Request(input, init);
      const signal = init?.signal ?? request.signal;
      signal.throwIfAborted();
      if (new URL(request.url).origin !== this.origin) throw unreachable(request.url);
      return fetched(await untilAborted(this.#respond(request), signal));
    };
  }

  /** Where it is reached: its name, or its address once it listens. */
  get origin(): string {
    return this.#loopback?.origin ?? this.#role.origin;
  }

  /** For msw's `setupServer`: answers at the origin without a socket. */
  get handlers(): readonly HttpHandler[] {
    return [http.all(`${this.origin}/*`, async ({ request }) => mswResponse(await this.#respond(request)))];
  }

  /** The certificate to trust, PEM, once it listens with TLS. */
  get certificate(): string | undefined {
    return this.#loopback?.certificate;
  }

  /** Takes connections on loopback, from now on at {@link FakeServer.origin}. After `close`, at the same address again. */
  async listen(options: ListenOptions = {}): Promise<this> {
    const respond = (request: Request): Promise<Answer> => this.#respond(request);
    this.#loopback ??= await listenOnLoopback({ respond, clock: this.#role.clock, ...options });
    await this.#loopback.open();
    return this;
  }

  /** Breaks every connection and takes no new ones. */
  async close(): Promise<void> {
    await this.#loopback?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * Makes something go wrong, for the next requests or until lifted. Several faults at once: an array.
   *
   * A request meets one injection: the first injected of those for a number of requests; when there is none, the last
   * injected of those that stay until lifted.
   *
   * @throws TypeError for a fault that needs a connection when it does not listen, and for options that mean nothing
   */
  inject(fault: Fault<S> | readonly Fault<S>[], { times = Infinity, on }: InjectOptions = {}): Injection {
    const list = [fault].flat();
    const offline = list.find(({ isOnTheWire }) => isOnTheWire && this.#loopback === undefined);
    if (offline !== undefined) throw new TypeError(needsSocket(offline.name));
    const endpoint = on ?? list[0]?.on ?? this.#role.endpoints[0];
    const known = ['all', ...this.#role.endpoints];
    if (!known.includes(endpoint)) throw new TypeError(`There is no '${endpoint}' here: on is ${known.join(', ')}`);
    return this.#injections.add(list, { times, on: endpoint });
  }

  /** Lifts every fault. */
  heal(): void {
    this.#injections.lift();
  }

  async #respond(request: Request): Promise<Answer> {
    const { clock, endpointOf, stage } = this.#role;
    const body = new Uint8Array(await request.arrayBuffer());
    let status: number | undefined;
    const endpoint = endpointOf(request) ?? 'other';
    this.#log.push(new LoggedRequest({ endpoint, at: clock.now(), request, body, status: () => status }));
    const { faults, lifted } = this.#injections.meet(endpoint);
    const scene = stage({ clock, lifted });
    for (const fault of faults) fault.before?.(scene);
    const said = await this.#say(request, body);
    const changed = faults.reduce((answer, fault) => fault.change(answer, scene), said);
    await held(changed, clock);
    status = changed.status;
    return changed;
  }

  async #say({ method, url, headers }: Request, body: Uint8Array<ArrayBuffer>): Promise<Answer> {
    const { clock, answer } = this.#role;
    const said = await answer(new Request(url, { method, headers, body: body.length === 0 ? null : body }));
    const date = new Date(clock.now()).toUTCString();
    return withHeaders(said instanceof Response ? await answerOf(said) : said, { date });
  }
}

async function held({ delayMs, heldUntil }: Answer, clock: Clock): Promise<void> {
  await heldUntil;
  if (delayMs !== undefined) await new Promise<void>((resolve) => clock.schedule(delayMs, resolve));
}

function unreachable(url: string): TypeError {
  return new TypeError('fetch failed', {
    cause: Object.assign(new Error(`getaddrinfo ENOTFOUND ${new URL(url).hostname}`), { code: 'ENOTFOUND' }),
  });
}

/** msw stands where the socket would, so what it gives is inflated by the client itself. */
function mswResponse(answer: Answer): Response {
  return answer.isLost === true ? HttpResponse.error() : responseOf(answer);
}
