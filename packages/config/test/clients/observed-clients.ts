import { orThrow, withRateLimit } from '@bearings/client';
import { createClients, loadConfig } from '@bearings/config';
import { observeToken, withTelemetry } from '@bearings/opentelemetry';

const config = await orThrow(loadConfig('examples/snippets/clients.yaml', { env: process.env }));
export const clients = await createClients(config, {
  names: ['orders'],
  layers: () => [withTelemetry(), withRateLimit({ limit: 50 })], // for each client, by its name
  onToken: (token, credential) => observeToken(token, { name: credential.clients.join() }),
});
