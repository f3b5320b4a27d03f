import { orThrow } from '@bearings/client';
import { fakeBrowser } from '@bearings/testing';
import { memoryStore, UserTokens } from '@bearings/user-tokens';
import { randomBytes } from 'node:crypto';
import type { Registration } from './machine.ts';

const origin = 'https://agent.example';

/** The tokens of users for an MCP server: a connection needs nothing but its URL (RFC 9728, RFC 8414, RFC 8707). */
export async function createUserTokens(mcpUrl: string, client: Registration): Promise<UserTokens> {
  const created = await UserTokens.create({
    store: memoryStore(), // in production sqliteStore({ path }) or postgresStore({ query })
    keys: { current: 'k1', keys: { k1: randomBytes(32) } },
    connections: { notes: { ...client, protectedResource: mcpUrl, scopes: ['notes'] } },
    redirectUri: `${origin}/oauth`,
    identify: (request) => /session=(\w+)/.exec(request.headers.get('cookie') ?? '')?.[1],
  });
  return orThrow(created);
}

/** A browser in which a user is signed in at the agent: opens a link of `authorize` and follows it to its end. */
export async function openLink(url: string, user: string, users: UserTokens): Promise<string> {
  const browser = fakeBrowser(async (input, init) => {
    const request = new Request(input, init);
    if (!request.url.startsWith(`${origin}/oauth/`)) return fetch(request);
    const cookie = `${request.headers.get('cookie') ?? ''}; session=${user}`;
    return users.handler(new Request(request.url, { headers: { cookie } }));
  });
  const page = await browser.open(url, { stopBefore: `${origin}/chat` });
  return page.redirect ?? page.text;
}
