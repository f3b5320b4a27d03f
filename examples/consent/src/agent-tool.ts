import type { Tool, UserTokens } from '@bearings/user-tokens';

interface Message {
  readonly subject: string;
}

/** A tool that searches the mail of the user of this call. Register it with your agent framework. */
export function createSearchMail(users: UserTokens, baseUrl: string): Tool<{ query: string }, readonly Message[]> {
  const options = {
    scopes: ['openid', 'mail.read'],
    returnTo: '/chat',
    message: 'Ask the user to open the link and to grant access to the mail. Then call this tool again.',
    baseUrl,
  };
  return users.tool('mail', options, ({ query }: { query: string }, { client }) =>
    client.get('messages', { searchParams: { query } }).json<readonly Message[]>(),
  );
}
