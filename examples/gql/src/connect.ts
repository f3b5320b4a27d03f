import { layer } from '@bearings/client/layer';
import type { Client, Layer } from '@bearings/client';
import { createClients } from '@bearings/config';
import type { ClosableClients } from '@bearings/config';
import type { TokenHandle } from '@bearings/oauth-bearer';
import type { EndpointsConfig } from './endpoints-config.ts';
import type { Redaction } from './redaction.ts';
import type { Terminal } from './terminal.ts';

/** A client of one endpoint, with its credential. The caller closes it. */
export interface Connection extends ClosableClients {
  readonly client: Client;
}

/** What a connection uses, besides its config. */
export interface ConnectOptions extends Pick<Terminal, 'tokenOptions'> {
  readonly redaction: Redaction;
  /** Called before each attempt. */
  readonly onSend: () => void;
  readonly observer: Observer | undefined;
  /** For a subscription: the body may pause and grow without a limit. Default: false. */
  readonly isStream?: boolean;
}

/** Observes requests and token events, for `-v`. */
export interface Observer {
  readonly layer: (redaction: Redaction) => Layer;
  readonly onToken: (token: TokenHandle) => void;
}

/**
 * Creates the client of an endpoint. Sends nothing.
 *
 * @throws TokenError | ConfigError | InvalidConfigError for settings that only a token or a client can check
 */
export async function connect(
  config: EndpointsConfig,
  name: string,
  { tokenOptions, redaction, onSend, observer, isStream = false }: ConnectOptions,
): Promise<Connection> {
  const observerLayers = observer === undefined ? [] : [observer.layer(redaction)];
  const sharing = await config.openSharing();
  const closeSharing = async (): Promise<void> => sharing?.close();
  const creating = createClients(isStream ? withoutBodyLimits(config) : config, {
    ...tokenOptions,
    sharing: sharing ?? false,
    names: [name],
    layers: () => [recordCredentials(redaction, onSend), ...observerLayers],
    ...(observer && { onToken: observer.onToken }),
  });
  const clients = await orClose(creating, closeSharing);
  const close = async (): Promise<void> => {
    await clients.close();
    await closeSharing();
  };
  const client = clients[name];
  if (client === undefined) throw new TypeError(`Endpoint ${name} was found before and is missing now`);
  return { client, close, [Symbol.asyncDispose]: close };
}

async function orClose<T>(creating: Promise<T>, close: () => Promise<void>): Promise<T> {
  try {
    return await creating;
  } catch (cause) {
    await close();
    throw cause;
  }
}

function withoutBodyLimits({ clients, ...config }: EndpointsConfig): EndpointsConfig {
  const limits = { bodyTimeout: false, maxResponseBytes: Number.MAX_SAFE_INTEGER } as const;
  return {
    ...config,
    clients: Object.fromEntries(Object.entries(clients).map(([name, each]) => [name, { ...each, ...limits }])),
  };
}

/** Records each sent credential, of any type of `auth`, so that it can be removed from texts of the server. */
function recordCredentials({ remember }: Redaction, onSend: () => void): Layer {
  return layer('network', 'record-credentials', (next) => (request, call) => {
    remember(call.headers.credentialValues());
    onSend();
    return next(request, call);
  });
}
