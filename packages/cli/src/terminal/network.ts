import type { Layer } from '@bearings/client';
import { layer } from '@bearings/client/layer';
import type { TokenOptions } from '@bearings/config';
import { withAuthDebugLog } from '../output/auth-debug-log.ts';
import type { Terminal } from './terminal.ts';

/** The network of a command. */
export interface Network {
  /** For tokens and clients. */
  readonly fetch: typeof globalThis.fetch;
  /** The same fetch with the terminal's clock and randomness: the options of tokens and clients. */
  readonly options: TokenOptions;
  /** Layers for the clients: they mark the clients' requests, which the debug log leaves out. */
  readonly layers: () => readonly Layer[];
}

/** The terminal's network. With `debug` it shows each exchange with the authorization server on stderr. */
export function createNetwork(terminal: Terminal, debug: boolean): Network {
  const { clock, random } = terminal;
  const time = { ...(clock && { clock }), ...(random && { random }) };
  if (!debug) return { fetch: terminal.fetch, options: { fetch: terminal.fetch, ...time }, layers: () => [] };
  const clientSignals = new WeakSet<AbortSignal>();
  const markRequests = layer('network', 'mark', (next) => (request, call) => {
    clientSignals.add(call.signal);
    return next(request, call);
  });
  const fetch = withAuthDebugLog(terminal, ({ signal }) => signal instanceof AbortSignal && clientSignals.has(signal));
  return { fetch, options: { fetch, ...time }, layers: () => [markRequests] };
}
