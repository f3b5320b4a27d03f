import { builtIn } from './default-layers.ts';
import { settle } from './client-options.ts';
import type { ClientOptions, Settings } from './client-options.ts';
import { openDesk } from './entry/call-runner.ts';
import { stackOf } from './explain.ts';
import type { Explainable } from './explain.ts';
import { fetchDoor } from './entry/fetch.ts';
import type { Fetch } from './entry/fetch.ts';
import { kyDoor } from './entry/ky.ts';
import type { Door } from './entry/ky.ts';
import type { Layer } from './core/slots.ts';
import { arrange, compose, mustAnswer } from './core/compose.ts';

/** A ky instance whose requests walk down the stack, and the same stack as a plain `fetch`. */
export type Client = Door<ClientParts>;

/** What a client has besides ky's `get`, `post`, `json` and the rest. */
export interface ClientParts extends Explainable {
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
 * @param layers - what is added to the stages every client has, one by one or in lists; where each goes is its slot's
 * affair, not the list's
 * @throws ConfigError | InvalidUrlError | InvalidSchemeError when an option or a layer is wrong
 */
export function createClient(options: ClientOptions = {}, ...layers: readonly (Layer | readonly Layer[])[]): Client {
  const settings = settle(options);
  const added = layers.flat().map(mustAnswer);
  const stack = arrange([...builtIn(settings, added), ...added]);
  const desk = openDesk(compose(stack, settings.facts), settings);
  const close = (): Promise<void> => desk.close();
  const stages = Object.freeze(stack.map(({ name }) => name));
  const isLight = takesLight(settings, added);
  const parts: ClientParts = {
    fetch: fetchDoor(desk, { ...settings.facts, isLight }),
    stages,
    [stackOf]: stack,
    close,
    [Symbol.asyncDispose]: close,
  };
  return kyDoor(desk, { options: settings.ky, clock: settings.facts.clock, isLight }, parts);
}

/** True when nothing in the stack needs the platform's own Request. */
function takesLight({ isGlobalFetch }: Settings, added: readonly Layer[]): boolean {
  const isNetworkLight = isGlobalFetch || added.some(({ slot }) => slot === 'transport');
  return isNetworkLight && added.every((layer) => layer.takesLight === true);
}
