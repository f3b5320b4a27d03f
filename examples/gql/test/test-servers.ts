import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeApi, fakeIssuer, combineFetch, virtualClock } from '@bearings/testing';
import type { FakeApi, FakeIssuer } from '@bearings/testing';
import { createCatalog } from '../src/demo/catalog.ts';
import { graphqlType } from '../src/graphql-response.ts';
import { run } from '../src/program.ts';

/** The output and exit code of a command. */
interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** All of it as one text, without values that differ in each run. */
  readonly transcript: string;
}

/** Differences from the default, for one run. */
interface RunOptions {
  readonly input?: string | (() => Promise<string>);
  readonly signal?: AbortSignal;
}

/** An issuer, a GraphQL service, and a folder with a config for both. */
export interface TestServers extends AsyncDisposable {
  readonly issuer: FakeIssuer;
  readonly api: FakeApi;
  readonly clock: ReturnType<typeof virtualClock>;
  /** All sent requests, to any server. */
  readonly sent: readonly Request[];
  /** Environment variables. */
  readonly env: Record<string, string>;
  readonly path: (name: string) => string;
  readonly write: (name: string, text: string, mode?: number) => Promise<void>;
  /** Replaces the GraphQL service, without a check of the credential. */
  replaceApi(answer: (request: Request) => Response | Promise<Response>): void;
  run(args: readonly string[], options?: RunOptions): Promise<Outcome>;
}

export const secret = 'planted-secret-of-the-shop';

/** The default config. */
export const config = `endpoints:
  catalog:
    url: https://api.test/graphql
    auth: &shop
      type: oauth2_client_credentials
      issuerUrl: https://issuer.test
      clientId: shop
      clientSecretRef: env:SHOP_SECRET
      scopes: [catalog.read]
  again:
    url: https://api.test/graphql
    auth: *shop
  stranger:
    url: https://api.test/graphql
    auth:
      type: oauth2_client_credentials
      issuerUrl: https://issuer.test
      clientId: shop
      clientSecretRef: env:OLD_SECRET
      scopes: [catalog.read]
  open:
    url: https://api.test/graphql
    auth: { type: none }
`;

/** Creates the servers, with a virtual clock and retries without a pause. */
export async function createTestServers(): Promise<TestServers> {
  const clock = virtualClock();
  const clients = [{ clientId: 'shop', clientSecret: secret }] as const;
  const issuer = fakeIssuer({
    clients,
    clock,
    tokenFormat: 'opaque',
    opaqueToken: (count) => `issued-by-test-${count}`,
  });
  const catalog = createCatalog();
  const answer = async ({ request }: { readonly request: Request }): Promise<Response> => {
    const { status, body } = await catalog.answer(await request.text());
    return Response.json(body, { status, headers: { 'content-type': graphqlType } });
  };
  const api = fakeApi(issuer, { 'POST /graphql': { scopes: ['catalog.read'], answer } }, { clock });
  const sent: Request[] = [];
  let servers = combineFetch(issuer, api);
  const fetch: typeof globalThis.fetch = (input, init) => {
    sent.push(new Request(input, init).clone());
    return servers(input, init);
  };
  const folder = await mkdtemp(join(tmpdir(), 'gql-test-'));
  const path = (name: string): string => join(folder, name);
  const env: Record<string, string> = { SHOP_SECRET: secret, OLD_SECRET: 'planted-previous-secret' };
  await writeFile(path('gql.yaml'), config);
  return {
    issuer,
    api,
    clock,
    sent,
    env,
    path,
    write: (name, text, mode = 0o600) => writeFile(path(name), text, { mode }),
    replaceApi(instead) {
      servers = combineFetch(issuer, {
        origin: api.origin,
        fetch: async (input, init) => instead(new Request(input, init)),
      });
    },
    async run(args, { input = '', signal = new AbortController().signal } = {}) {
      let [stdout, stderr] = ['', ''];
      const code = await run(args, {
        print: (text) => void (stdout += text),
        printError: (line) => void (stderr += `${line}\n`),
        readInput: async () => (typeof input === 'string' ? input : input()),
        env,
        cwd: folder,
        signal,
        tokenOptions: { fetch, clock, random: () => 0 },
      });
      const transcript = formatTranscript(args, { code, stdout, stderr }).replaceAll(folder, '/srv/app');
      return { code, stdout, stderr, transcript };
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

/** A command and its output; lines of stderr are marked with `2>`. */
export function formatTranscript(
  args: readonly string[],
  { code, stdout, stderr }: Omit<Outcome, 'transcript'>,
): string {
  const shown = args.map((arg) => (/^[\w=.@/-]+$/.test(arg) ? arg : `'${arg}'`)).join(' ');
  const errors = stderr === '' ? '' : `${stderr.trimEnd().replaceAll(/^/gm, '2> ')}\n`;
  return `$ gql ${shown}\n${stdout}${errors}[exit ${code}]\n`;
}
