import { systemClock } from '@bearings/client';
import { checkOptions, layer, millisecondsRule } from '@bearings/client/layer';
import type { Layer, Stage } from '@bearings/client/layer';
import { ClientClosedError } from '@bearings/client/errors';
import { Agent } from 'undici';
import { checkUndiciOptions } from './check-options.ts';
import { checkRuntime } from './check-runtime.ts';
import { Connections } from './connections.ts';
import { createSend } from './send.ts';
import { shownSettings } from './shown-settings.ts';
import type { UndiciOptions } from './undici-options.ts';

/** The connections of one or several clients, as a layer. You close it. */
export interface UndiciLayer extends Layer {
  /**
   * Takes no more requests, and resolves when those in flight have ended, with their bodies.
   *
   * After `graceMs`, requests that are still in flight fail with `CLIENT_CLOSED`. Default: 10 000.
   */
  close(options?: { readonly graceMs?: number }): Promise<void>;
  /** Takes no more requests, and ends those in flight with `CLIENT_CLOSED`. */
  destroy(): Promise<void>;
  /** The same as {@link close}. */
  [Symbol.asyncDispose](): Promise<void>;
}

const defaultGraceMs = 10_000;

/**
 * Creates a transport that sends requests by undici, in place of `fetch`.
 *
 * @throws ConfigError when an option is unknown or wrong, or the runtime has no undici
 */
export function withUndici(options: UndiciOptions = {}): UndiciLayer {
  checkUndiciOptions(options);
  checkRuntime(Agent, 'withUndici');
  const { clock = systemClock } = options;
  const connections = new Connections(options);
  const send = createSend(connections, options);
  let isClosed = false;
  const stage: Stage = () => (request, call) =>
    isClosed ? Promise.reject(new ClientClosedError(request)) : send(request, call);
  const close: UndiciLayer['close'] = async (closeOptions = {}) => {
    checkOptions(closeOptions, closeRules, { owner: 'close' });
    const { graceMs = defaultGraceMs } = closeOptions;
    isClosed = true;
    const cancel = clock.schedule(graceMs, () => void connections.destroy());
    await connections.close();
    cancel();
  };
  const destroy = async (): Promise<void> => {
    isClosed = true;
    await connections.destroy();
  };
  const label = { name: 'undici', settings: shownSettings(options) };
  const certificate = options.tls?.cert !== undefined && {
    clientCertificate: () => connections.certificateThumbprint(),
  };
  return Object.freeze({
    ...layer('transport', label, stage),
    ...certificate,
    close,
    destroy,
    [Symbol.asyncDispose]: () => close(),
  });
}

const closeRules = { graceMs: millisecondsRule };
