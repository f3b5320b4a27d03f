import { untilAborted } from '@bearings/client/layer';
import type { Clock } from '@bearings/client';
import { toAnswer, toFetchResponse, needsSocketMessage, toResponse, withHeaders } from './answer.ts';
import type { Answer } from './answer.ts';
import type { Fault, FaultContext } from '../faults/faults.ts';
import { anyRule, booleanRule, checkOptions, stringRule } from '@bearings/client/layer';
import type { OptionRules } from '@bearings/client/layer';
import { Injections } from '../faults/injections.ts';
import type { Injection, InjectOptions } from '../faults/injections.ts';
import { LoggedRequest } from './logged-request.ts';
import { listenOnLoopback } from './loopback.ts';
import type { ListenOptions, Loopback } from './loopback.ts';

/** The parts in which fake servers differ. `S`: what its faults can use. */
export interface ServerDefinition<S extends FaultContext> {
  /** The origin before `listen()`. */
  readonly origin: string;
  readonly clock: Clock;
  /** Its endpoints. The first is the default for faults. */
  readonly endpoints: readonly [string, ...string[]];
  /** The endpoint of a request. */
  readonly findEndpoint: (request: Request) => string | undefined;
  readonly answer: (request: Request) => Answer | Response | Promise<Answer | Response>;
  /** Adds what only this kind of server can do. */
  readonly extendContext: (context: FaultContext) => S;
}

const listenRules: OptionRules<ListenOptions> = { tls: booleanRule };
const injectRules: OptionRules<InjectOptions> = { times: anyRule, on: stringRule };

/** The common part of fake issuers and APIs: three ways to reach them, a request log, and faults. */
export class FakeServer<S extends FaultContext> {
  /** The received requests, in order. */
  readonly requests: readonly LoggedRequest[];
  /** A `fetch` function that reaches only this server. Other origins are unreachable. */
  readonly fetch: typeof globalThis.fetch;
  readonly #definition: ServerDefinition<S>;
  readonly #injections = new Injections<S>();
  readonly #log: LoggedRequest[] = [];
  #loopback: Loopback | undefined;

  constructor(definition: ServerDefinition<S>) {
    this.#definition = definition;
    this.requests = this.#log;
    this.fetch = async (input, init) => {
      const request = new Request(input, init);
      const signal = init?.signal ?? request.signal;
      signal.throwIfAborted();
      if (new URL(request.url).origin !== this.origin) throw unreachable(request.url);
      return toFetchResponse(await untilAborted(this.#respond(request), signal), request.method);
    };
  }

  /** The origin of the server. `listen()` changes it. */
  get origin(): string {
    return this.#loopback?.origin ?? this.#definition.origin;
  }

  /** The certificate of the server as PEM, after `listen({ tls: true })`. Pass it to the client as CA. */
  get certificate(): string | undefined {
    return this.#loopback?.certificate;
  }

  /**
   * The response as it is sent, still compressed; a network error (`Response.error()`) when no response arrives. For adapters,
   * such as that of `@bearings/testing/msw`.
   */
  async respond(request: Request): Promise<Response> {
    const answer = await this.#respond(request);
    return answer.lost === undefined ? toResponse(answer, request.method) : Response.error();
  }

  /** Listens on loopback and updates {@link FakeServer.origin}. After `close()`, it listens on the same port again. */
  async listen(options: ListenOptions = {}): Promise<this> {
    checkOptions(options, listenRules, { owner: 'listen' });
    const respond = (request: Request): Promise<Answer> => this.#respond(request);
    this.#loopback ??= await listenOnLoopback({ respond, clock: this.#definition.clock, ...options });
    await this.#loopback.open();
    return this;
  }

  /** Closes the port and all connections. */
  async close(): Promise<void> {
    await this.#loopback?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * Injects a fault for the next requests or until it is cleared. An array of faults acts as one fault.
   *
   * A request gets one injection: the oldest one with `times`; without those, the newest one without `times`.
   *
   * @throws TypeError for a connection fault before `listen()`, and for invalid options
   */
  inject(fault: Fault<S> | readonly Fault<S>[], options: InjectOptions = {}): Injection {
    checkOptions(options, injectRules, { owner: 'inject' });
    const { times = Infinity, on } = options;
    const list = [fault].flat();
    const offline = list.find(({ needsConnection }) => needsConnection && this.#loopback === undefined);
    if (offline !== undefined) throw new TypeError(needsSocketMessage(offline.name));
    const endpoint = on ?? list[0]?.on ?? this.#definition.endpoints[0];
    const known = ['all', ...this.#definition.endpoints];
    if (!known.includes(endpoint))
      throw new TypeError(`There is no endpoint '${endpoint}': on must be one of ${known.join(', ')}`);
    return this.#injections.add(list, { times, on: endpoint });
  }

  /** Removes all faults. */
  clearFaults(): void {
    this.#injections.clear();
  }

  async #respond(request: Request): Promise<Answer> {
    const { clock, findEndpoint, extendContext } = this.#definition;
    const body = new Uint8Array(await request.arrayBuffer());
    let status: number | undefined;
    const endpoint = findEndpoint(request) ?? 'other';
    this.#log.push(new LoggedRequest({ endpoint, at: clock.now(), request, body, status: () => status }));
    const { faults, cleared } = this.#injections.take(endpoint);
    const context = extendContext({ clock, cleared });
    for (const fault of faults) fault.before?.(context);
    const isAnsweredByFault = faults.some((fault) => fault.replacesServer === true);
    const original = isAnsweredByFault ? noAnswer : await this.#answer(request, body);
    const changed = faults.reduce((answer, fault) => fault.change(answer, context), original);
    await waitUntilDue(changed, clock);
    changed.onSent?.();
    status = changed.status;
    return changed;
  }

  async #answer({ method, url, headers }: Request, body: Uint8Array<ArrayBuffer>): Promise<Answer> {
    const { clock, answer } = this.#definition;
    const result = await answer(new Request(url, { method, headers, body: body.length === 0 ? null : body }));
    const date = new Date(clock.now()).toUTCString();
    return withHeaders(result instanceof Response ? await toAnswer(result) : result, { date });
  }
}

/** Where a fault answers in place of the server. */
const noAnswer: Answer = { status: 200, headers: new Headers(), body: new Uint8Array() };

async function waitUntilDue({ delayMs, heldUntil }: Answer, clock: Clock): Promise<void> {
  await heldUntil;
  if (delayMs !== undefined) await new Promise<void>((resolve) => clock.schedule(delayMs, resolve));
}

function unreachable(url: string): TypeError {
  return new TypeError('fetch failed', {
    cause: Object.assign(new Error(`getaddrinfo ENOTFOUND ${new URL(url).hostname}`), { code: 'ENOTFOUND' }),
  });
}
