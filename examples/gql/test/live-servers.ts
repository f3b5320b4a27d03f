import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@bearings/client';
import { createHandler } from 'graphql-sse/lib/use/http';
import { startIdentityProvider } from '../src/demo/identity-provider.ts';
import { listenOnLoopback } from '../src/demo/loopback-server.ts';
import { run } from '../src/program.ts';
import { createShopSchema } from './shop-schema.ts';
import { secret } from './test-servers.ts';
import { yogaListener } from './yoga-listener.ts';

/** A GraphQL service of another project on this machine, a certified identity provider, and a folder with a config. */
export interface LiveServers extends AsyncDisposable {
  /** The requests, in their order. */
  readonly seen: readonly SeenRequest[];
  /** Ends the open streams, and rejects the tokens that were used so far. */
  readonly endTokens: () => void;
  readonly env: Record<string, string>;
  readonly folder: string;
  run(args: readonly string[], signal?: AbortSignal): Promise<LiveOutcome>;
}

interface SeenRequest {
  readonly token: string;
  readonly body: string;
}

interface LiveOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Which service answers, and what it does. */
export interface LiveOptions {
  readonly server: 'yoga' | 'graphql-sse';
  /** Called after the last event of a subscription, with the number of its connection. Default: it is completed then. */
  readonly onLast?: (connection: number) => void | Promise<void>;
  /** Called with each text that the command prints. */
  readonly onPrint?: (text: string, servers: Pick<LiveServers, 'endTokens'>) => void;
  /** Starts without a plugin for persisted queries. Default: with it. */
  readonly knowsHashes?: boolean;
}

/** A pause that timers of a client wait for is skipped, so that no test waits. Timers of tokens are longer. */
const impatientClock: typeof systemClock = {
  ...systemClock,
  schedule: (delayMs, action, options) => systemClock.schedule(delayMs <= 1_000 ? 0 : delayMs, action, options),
};

export async function startLiveServers(options: LiveOptions): Promise<LiveServers> {
  const { server, onLast, onPrint, knowsHashes = true } = options;
  const provider = await startIdentityProvider({ clientId: 'shop', clientSecret: secret, scope: 'catalog.read' });
  const listener = await listenOnLoopback();
  const seen: SeenRequest[] = [];
  const ended = new Set<string>();
  const open = new Set<() => void>();
  const endTokens = (): void => {
    for (const { token } of seen) ended.add(token);
    for (const close of open) close();
  };
  const schema = createShopSchema((connection) => onLast?.(connection));
  const answer = server === 'yoga' ? await yogaListener(schema, knowsHashes) : createHandler({ schema });
  listener.answerWith((request, response) => {
    const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    const entry: { token: string; body: string } = { token, body: '' };
    seen.push(entry);
    // graphql-sse reads the body later, and would miss what another listener has taken
    if (server === 'yoga') request.on('data', (piece: Buffer) => void (entry.body += piece.toString()));
    if (ended.has(token) || provider.findScopes(token) === undefined) {
      response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
      return;
    }
    const close = (): void => void request.socket.end();
    open.add(close);
    response.once('close', () => open.delete(close));
    answer(request, response);
  });
  const folder = await mkdtemp(join(tmpdir(), 'gql-live-'));
  const auth = {
    type: 'oauth2_client_credentials',
    issuerUrl: provider.issuerUrl,
    clientId: 'shop',
    clientSecretRef: 'env:SHOP_SECRET',
    scopes: ['catalog.read'],
  };
  await writeFile(
    join(folder, 'gql.json'),
    JSON.stringify({ endpoints: { catalog: { url: `${listener.origin}/graphql`, auth } } }),
  );
  const env: Record<string, string> = { SHOP_SECRET: secret, XDG_CACHE_HOME: join(folder, 'cache') };
  return {
    seen,
    endTokens,
    env,
    folder,
    async run(args, signal = new AbortController().signal) {
      let [stdout, stderr] = ['', ''];
      const code = await run(args, {
        print(text) {
          stdout += text;
          onPrint?.(text, { endTokens });
        },
        printError: (line) => void (stderr += `${line}\n`),
        readInput: async () => '',
        env,
        cwd: folder,
        signal,
        tokenOptions: { clock: impatientClock, random: () => 0 },
      });
      return { code, stdout, stderr };
    },
    async [Symbol.asyncDispose]() {
      await listener.close();
      await provider.close();
      await rm(folder, { recursive: true });
    },
  };
}
