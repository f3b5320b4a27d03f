import { settle } from './client-options.ts';
import type { ClientOptions, Settings } from './client-options.ts';
import { openDesk } from './desk.ts';
import { fetchDoor } from './fetch-door.ts';
import type { Fetch } from './fetch-door.ts';
import { kyDoor } from './ky-door.ts';
import type { Door } from './ky-door.ts';
import { arrange, layer } from './layer.ts';
import type { Layer } from './layer.ts';
import type { ClientFacts, Send } from './stage.ts';
import { guard } from './stages/guard.ts';
import { identify } from './stages/identify.ts';
import { limit } from './stages/limit.ts';
import { redirect } from './stages/redirect.ts';
import { retry } from './stages/retry.ts';
import { shed } from './stages/shed.ts';
import { timeout } from './stages/timeout.ts';
import { transport } from './stages/transport.ts';

/** A ky instance whose requests walk down the stack, and the same stack as a plain `fetch`. */
export type Client = Door<ClientParts>;

/** What a client has besides ky's `get`, `post`, `json` and the rest. */
export interface ClientParts {
  /** The same stack with `fetch`'s own signature and semantics: a response for every status. */
  readonly fetch: Fetch;
  /** The names of the stages, outermost first. */
  readonly stages: readonly string[];
  /** Takes no more calls and answers when those under way have theirs. Tokens and layers are their makers' to close. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes a client: a ky instance whose every request walks down the stages, in the order of the slots.
 *
 * The stages are joined here, once; a call only walks through them.
 *
 * @param layers - what is added to the stages every client has; where each goes is its slot's affair, not the list's
 * @throws ConfigError | InvalidUrlError | InvalidSchemeError when an option or a layer is wrong
 */
export function createClient(options: ClientOptions = {}, ...layers: readonly Layer[]): Client {
  const settings = settle(options);
  const stack = arrange([...builtIn(settings, layers), ...layers]);
  const desk = openDesk(compose(stack, settings.facts), settings);
  const close = (): Promise<void> => desk.close();
  const stages = Object.freeze(stack.map(({ name }) => name));
  const parts: ClientParts = {
    fetch: fetchDoor(desk, settings.facts.home),
    stages,
    close,
    [Symbol.asyncDispose]: close,
  };
  return kyDoor(desk, settings.ky, parts);
}

/** Joins the layers into one. The last is the transport, so there is nothing after it to be called. */
function compose(stack: readonly Layer[], facts: Omit<ClientFacts, 'slot'>): Send {
  return stack.reduceRight<Send>((next, { stage, slot }) => stage(next, { ...facts, slot }), nothing);
}

const nothing: Send = () => Promise.reject(new Error('The transport called what comes after it, and nothing does'));

/** The stages every client has. A layer in the transport slot takes the place of `fetch`. */
function builtIn(settings: Settings, layers: readonly Layer[]): readonly Layer[] {
  const always = [
    layer('retry', 'retry', retry(settings.retry)),
    layer('timeout', 'timeout', timeout(settings)),
    layer('identify', 'identify', identify(settings.userAgent)),
    layer('limit', 'limit', limit(settings.maxResponseBytes)),
    layer('redirect', 'redirect', redirect(settings.redirects)),
    layer('guard', 'guard', guard(settings)),
  ];
  if (settings.concurrency < Infinity) always.push(layer('shed', 'shed', shed(settings.concurrency)));
  if (layers.every(({ slot }) => slot !== 'transport'))
    always.push(layer('transport', 'fetch', transport(settings.fetch)));
  return always;
}
