import type { ConnectionConfig } from '@bearings/user-tokens';
import { providers } from '@bearings/user-tokens/providers';

const client = { clientId: 'app', clientSecret: process.env['CLIENT_SECRET'] ?? 'for the example' };

export const connections: Readonly<Record<string, ConnectionConfig>> = {
  calendar: { ...providers.google, ...client, scopes: ['openid', 'https://www.googleapis.com/auth/calendar.readonly'] },
  chat: { ...providers.slack, ...client, scopes: ['chat:write'] },
  erp: { ...providers.okta, ...client, issuerUrl: 'https://dev-1.okta.com/oauth2/default', scopes: ['orders.read'] },
  files: { protectedResource: 'https://mcp.example/mcp', ...client, scopes: ['files.read'] },
};

console.log(Object.keys(connections).join(', '));
