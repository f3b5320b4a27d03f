import { orThrow } from '@bearings/client';
import { UserTokens } from '@bearings/user-tokens';
import type { ConnectionConfig, KeySet, Tool } from '@bearings/user-tokens';
import { nodeListener } from '@bearings/user-tokens/node';
import { providers } from '@bearings/user-tokens/providers';
import type { IncomingMessage } from 'node:http';
import { openStore } from './open-store.ts';
import type { StoreAddress } from './open-store.ts';
import { readSession } from './session.ts';

/** What a tool answers: whose data it is, and the data. Or that the user has to consent first. */
export interface ToolAnswer {
  readonly account: string;
  readonly items: readonly string[];
}

/** A client that is registered at a provider, and the API that its tokens are for. */
interface Registration {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly apiUrl: string;
}

/** The configuration of the back end; all replicas have the same. */
export interface AgentConfig {
  /** Where browsers reach the back end. */
  readonly origin: string;
  readonly store: StoreAddress;
  readonly keys: KeySet;
  readonly notes: Registration & { readonly issuerUrl: string };
  readonly github: Registration & { readonly endpoints: NonNullable<ConnectionConfig['endpoints']> };
  readonly leaseMs: number;
}

/** What a replica works with. */
export interface Agent {
  readonly users: UserTokens;
  readonly listener: ReturnType<typeof nodeListener>;
  readonly tools: Readonly<Record<string, Tool<undefined, ToolAnswer>>>;
  close(): Promise<void>;
}

/** Creates the tokens of users and two tools, once, at the start. This is the part to copy. */
export async function createAgent(config: AgentConfig): Promise<Agent> {
  const { origin, notes, github } = config;
  const { store, closePool } = openStore(config.store);
  const created = await UserTokens.create({
    store,
    keys: config.keys,
    connections: {
      notes: { ...credentials(notes), issuerUrl: notes.issuerUrl, scopes: ['openid', 'offline_access', 'notes'] },
      github: {
        ...providers.githubApp, // endpoints and account are those of the fake; omit both for github.com
        ...credentials(github),
        endpoints: github.endpoints,
        account: { url: `${github.apiUrl}/user`, member: 'id' },
        scopes: [],
      },
    },
    redirectUri: `${origin}/oauth`,
    identify: (_request, received: IncomingMessage) => readSession(received.headers.cookie),
    leaseMs: config.leaseMs, // omit it: the default suits requests that take seconds
  });
  const users = orThrow(created);
  return {
    users,
    listener: nodeListener(users.handler),
    tools: {
      list_notes: users.tool('notes', { baseUrl: notes.apiUrl }, (_, { client, user }) =>
        client.get('notes', { searchParams: { for: user } }).json<ToolAnswer>(),
      ),
      list_issues: users.tool('github', { baseUrl: github.apiUrl }, (_, { client, user }) =>
        client.get('issues', { searchParams: { for: user } }).json<ToolAnswer>(),
      ),
    },
    async close() {
      await users.close();
      await closePool();
    },
  };
}

const credentials = ({ clientId, clientSecret }: Registration): Pick<Registration, 'clientId' | 'clientSecret'> => ({
  clientId,
  clientSecret,
});
