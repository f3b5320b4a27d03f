import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenOnLoopback } from './loopback-server.ts';
import type { NotesProvider } from './notes-provider.ts';

/** The API of the notes, and what it saw. */
export interface NotesApi {
  readonly url: string;
  readonly seen: { readonly calls: number; readonly rejected: number; readonly wrongUser: number };
  /** Ends the access tokens that an account has used; its grant goes on. */
  revokeTokens(account: string): void;
  close(): Promise<void>;
}

/** Starts the API. `GET /notes?for=<user>` answers with the notes of the token's account. */
export async function startNotesApi(provider: NotesProvider): Promise<NotesApi> {
  const server = await listenOnLoopback();
  const seen = { calls: 0, rejected: 0, wrongUser: 0 };
  const accounts = new Map<string, string>();
  const revoked = new Set<string>();

  const answer = async ({ url = '', headers }: IncomingMessage, response: ServerResponse): Promise<void> => {
    const token = (headers.authorization ?? '').replace(/^Bearer /i, '');
    const account = revoked.has(token) ? undefined : await provider.findAccount(token);
    seen.calls += 1;
    if (account === undefined) {
      seen.rejected += 1;
      return void response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end();
    }
    accounts.set(token, account);
    const user = new URL(url, server.origin).searchParams.get('for') ?? '';
    if (account !== `${user}@notes`) seen.wrongUser += 1;
    const body = JSON.stringify({ account, items: ['buy milk', 'call the bank'] });
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  };

  server.answerWith((request, response) => void answer(request, response));
  return {
    url: server.origin,
    seen,
    revokeTokens(account) {
      for (const [token, owner] of accounts) if (owner === account) revoked.add(token);
    },
    close: () => server.close(),
  };
}
