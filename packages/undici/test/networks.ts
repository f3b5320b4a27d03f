import { createClient } from '@bearings/client';
import type { Client, FetchInit, Layer } from '@bearings/client';
import { setImmediate } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { withUndici } from '../src/with-undici.ts';
import type { UndiciOptions } from '../src/undici-options.ts';

type ClientOptions = NonNullable<Parameters<typeof createClient>[0]>;

/** Creates a client over one transport or the other. */
export type Network = (options?: ClientOptions, ...layers: readonly Layer[]) => Client;

/** A client over undici. Its connections are closed when the test ends. */
export function undiciClient(
  options: ClientOptions = {},
  how: UndiciOptions = {},
  ...layers: readonly Layer[]
): Client {
  const network = withUndici(how);
  onTestFinished(() => void network.destroy());
  return createClient(options, network, ...layers);
}

/** Both transports: each test of conformance runs over both. */
export const networks: readonly (readonly [string, Network])[] = [
  ['over fetch', (options, ...layers) => createClient(options, ...layers)],
  [
    'over undici',
    (options, ...layers) => {
      const network = withUndici();
      onTestFinished(() => void network.destroy());
      return createClient(options, network, ...layers);
    },
  ],
];

type Entry = (client: Client, path: string, init?: FetchInit) => Promise<Response>;

const entries: readonly (readonly [string, Entry])[] = [
  ['client.fetch', (client, path, init) => client.fetch(path, init)],
  ['ky', (client, path, init) => client(path.slice(1), { ...init, throwHttpErrors: false })],
];

/** Both entries of a client over both transports. */
export const ways: readonly (readonly [string, { readonly network: Network; readonly open: Entry }])[] =
  networks.flatMap(([over, network]) => entries.map(([by, open]) => [`${by} ${over}`, { network, open }] as const));

/** Gives sockets a few turns: undici reuses a connection one turn after its response was read. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await setImmediate();
}
