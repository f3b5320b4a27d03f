import { layer } from '@bearings/client/layer';
import type { Client, Layer } from '@bearings/client';
import { createClients } from '@bearings/config';
import type { ClosableClients } from '@bearings/config';
import type { TokenHandle } from '@bearings/oauth-bearer';
import type { EndpointsConfig } from './endpoints-config.ts';
import type { Redaction } from './redaction.ts';
import type { Terminal } from './terminal.ts';

/** The way to one endpoint, with its credential. Whoever connects closes. */
export interface Connection extends ClosableClients {
  readonly client: Client;
}

/** What a connection is made with, besides its config. */
export interface ConnectOptions extends Pick<Terminal, 'world'> {
  readonly redaction: Redaction;
  /** Told before each attempt. */
  readonly onSend: () => void;
  readonly onlooker: Onlooker | undefined;
}

/** What looks on, with `-v`. */
export interface Onlooker {
  readonly layer: (redaction: Redaction) => Layer;
  readonly onToken: (token: TokenHandle) => void;
}

/**
 * Composes the client of an endpoint. Nothing is sent yet.
 *
 * @throws TokenError | ConfigError | InvalidConfigError for what only a token or a client can judge
 */
export async function connect(
  config: EndpointsConfig,
  name: string,
  { world, redaction, onSend, onlooker }: ConnectOptions,
): Promise<Connection> {
  const seen = onlooker === undefined ? [] : [onlooker.layer(redaction)];
  const clients = await createClients(config, {
    ...world,
    names: [name],
    layers: () => [attending(redaction, onSend), ...seen],
    ...(onlooker && { onToken: onlooker.onToken }),
  });
  const close = (): Promise<void> => clients.close();
  const client = clients[name];
  if (client === undefined) throw new TypeError(`${name} has been asked for`);
  return { client, close, [Symbol.asyncDispose]: close };
}

/** What was sent as a credential is not shown of what comes back: the layer knows it, whatever kind of `auth` it is of. */
function attending({ remember }: Redaction, onSend: () => void): Layer {
  return layer('network', 'attend', (next) => (request, call) => {
    remember(call.headers.credentialValues());
    onSend();
    return next(request, call);
  });
}
