import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from '@bearings/client';
import { onTestFinished } from 'vitest';
import { openStudio } from '../src/create-studio.ts';
import { clientKind } from '../src/kinds/client-kind.ts';
import { exampleConfig, exampleEnv } from './example-config.ts';
import { createFolder } from './folder.ts';

const assets = { script: Buffer.from('// script'), style: Buffer.from('/* style */') };

/** A response, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Gets the response's body as it comes. */
  readonly chunks?: Buffer[];
}

/** Sends a request with any headers, also those that `fetch` does not allow. */
export function send(
  origin: string,
  path: string,
  { method = 'GET', headers = {}, body, chunks = [] }: Sent = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, origin), { method, headers, agent: false }, (response) => {
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
      response.once('error', reject);
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

export interface Scene {
  readonly text?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  readonly watch?: string;
}

/** A studio over one config file, and a browser that has opened its URL. */
export async function openExample({ text = exampleConfig, env = exampleEnv, clock, watch }: Scene = {}) {
  const folder = createFolder();
  const file = folder.write('bearings.yaml', text);
  const documents = [{ kind: 'clients', file, rules: await clientKind({ env }) }];
  const studio = await openStudio({ documents, watch, ...(clock && { clock }) }, assets);
  onTestFinished(() => studio[Symbol.asyncDispose]());
  const opened = await send(studio.origin, new URL(studio.url).search);
  const cookie = String(opened.headers['set-cookie']).split(';')[0] ?? '';
  const get = (path: string): Promise<Answer> => send(studio.origin, path, { headers: { cookie } });
  const post = (path: string, body: unknown, headers = {}): Promise<Answer> =>
    send(studio.origin, path, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { studio, folder, file, opened, cookie, get, post };
}
