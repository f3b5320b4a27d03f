import { registration } from '../contender.ts';

/** The client credentials grant by hand, for contenders without tokens of their own. */
export async function askForToken(origin: string): Promise<string> {
  const { clientId, clientSecret } = registration;
  const fields = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const response = await fetch(`${origin}/token`, { method: 'POST', body: new URLSearchParams(fields) });
  const answer: unknown = await response.json();
  if (typeof answer === 'object' && answer !== null && 'access_token' in answer) return String(answer.access_token);
  throw new Error('The token endpoint gave no token');
}

/** A token kept in a variable, as the hooks in these libraries' documentation do. */
export interface KeptToken {
  readonly now: () => Promise<string>;
  /** Requests a new token, even when another request for one is in progress. */
  readonly another: () => Promise<string>;
}

export function keptToken(origin: string): KeptToken {
  let token: string | undefined;
  const another = async (): Promise<string> => (token = await askForToken(origin));
  return { now: async () => token ?? another(), another };
}
