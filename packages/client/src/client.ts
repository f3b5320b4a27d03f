import { resolveOptions } from './client-options.ts';
import type { ClientOptions } from './client-options.ts';
import type { ClientStatus, StatusPart } from './core/client-status.ts';
import { checkAnswers, compose, sortBySlot } from './core/compose.ts';
import { checkLayer } from './core/layer.ts';
import type { Layer } from './core/layer.ts';
import { defaultLayers } from './default-layers.ts';
import { createCallRunner } from './entry/call-runner.ts';
import type { CloseOptions } from './entry/call-runner.ts';
import { createFetch } from './entry/fetch.ts';
import type { Fetch } from './entry/fetch.ts';
import { createKy } from './entry/ky.ts';
import type { KyClient } from './entry/ky.ts';
import { layersKey } from './explain.ts';
import type { Explainable } from './explain.ts';
import { convertRawError } from './stages/transport/transport-error.ts';

/** A ky instance whose requests pass through the stages, and the same stages as a plain `fetch`. */
export type Client = KyClient<ClientParts>;

/** What a client has besides ky's `get`, `post`, `json` and the rest. */
export interface ClientParts extends Explainable {
  /** The same stages with `fetch`'s own signature and semantics: a response for every status. */
  readonly fetch: Fetch;
  /** The names of the stages, outermost first. */
  readonly stages: readonly string[];
  /** What the client does now: calls, retries, queue, circuits. Does no I/O. */
  status(): ClientStatus;
  /**
   * Refuses new calls, and resolves when those in flight have their response headers, at the latest after `graceMs`:
   * calls that are still in flight then fail with `CLIENT_CLOSED`. A call that waits before a retry fails at once.
   *
   * Tokens and layers are closed by the code that made them. A client made by `extend` or `create` is closed with the
   * client that it was made from, and not the other way round.
   */
  close(options?: CloseOptions): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Makes a client: a ky instance whose requests pass through the stages, in the order of the slots.
 *
 * The stages are composed here, once.
 *
 * @param layers - layers to add to the stages that every client has, one by one or in lists; the slot of each says where
 * it goes, not its position
 * @throws ConfigError | InvalidUrlError | InvalidSchemeError when an option or a layer is wrong
 */
export function createClient(options: ClientOptions = {}, ...layers: readonly (Layer | readonly Layer[])[]): Client {
  const settings = resolveOptions(options);
  const { facts, ky } = settings;
  layers.flat().forEach(checkLayer);
  const added = layers
    .flat()
    .map((each) => checkAnswers(each, each.slot === 'transport' ? convertRawError : undefined));
  const stack = sortBySlot([...defaultLayers(settings, added), ...added]);
  const parts: (() => StatusPart)[] = [];
  const hasClientCertificate = stack.at(-1)?.clientCertificate !== undefined;
  const send = compose(stack, { ...facts, hasClientCertificate, addStatus: (read) => void parts.push(read) });
  const runner = createCallRunner(send, settings);
  const stages = Object.freeze(stack.map(({ name }) => name));
  return createKy(runner, {
    options: ky,
    clock: facts.clock,
    defaults: settings,
    createExtras: (own, merged): ClientParts => ({
      fetch: createFetch(own, merged, facts.clock),
      stages,
      status: () => Object.assign({ retries: 0, ...own.counts() }, ...parts.map((read) => read())),
      [layersKey]: stack,
      close: (how) => own.close(how),
      [Symbol.asyncDispose]: () => own.close(),
    }),
  });
}
