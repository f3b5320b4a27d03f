import { randomBytes } from 'node:crypto';
import { connectToOrders } from './billing.ts';
import { startIdentityProvider } from './identity-provider.ts';
import { startOrdersApi } from './orders-api.ts';
import { brokenPromises } from './promises.ts';
import type { Circumstances, Findings } from './promises.ts';
import { liveThrough } from './story.ts';
import type { Cast } from './story.ts';
import { createTimeline } from './timeline.ts';
import { createWorkload } from './workload.ts';

const timeline = createTimeline(console.log);
const registration = {
  clientId: 'billing',
  clientSecret: randomBytes(32).toString('base64url'),
  resource: 'https://orders.internal',
  scopes: ['orders.read'],
  tokenLifetimeS: 4,
};
const { clientId, clientSecret, resource } = registration;
const provider = await startIdentityProvider(registration);
const { issuerUrl, jwksUrl } = provider;
const api = await startOrdersApi({ issuerUrl, jwksUrl, resource });
try {
  const { orders, token, network } = await connectToOrders({ ordersUrl: api.url, issuerUrl, clientId, clientSecret });
  timeline.picture(orders.stages);
  timeline.tell('discovery', `found the token endpoint; requests: ${provider.discoveryRequests}`);
  timeline.tell('first token', `lives ${registration.tokenLifetimeS} s; requests: ${provider.tokenRequests}`);
  const cast = { provider, api, token, work: createWorkload(orders), timeline };
  const circumstances = await liveThrough(cast);
  await orders.close();
  await network.close();
  await token.close();
  timeline.tell('closed', `the client and its token (${token.status().state})`);
  conclude(cast, circumstances);
} finally {
  await provider.goDown();
  await api.close();
}

/** Says which promises were broken, if any, and ends with what was counted, for machines. */
function conclude({ work }: Cast, circumstances: Circumstances): void {
  const found: Findings = {
    discovery: provider.discoveryRequests,
    tokenRequests: provider.tokenRequests,
    calls: api.seen.orders.size,
    failed: work.failures.length,
    rotations: circumstances.rotations,
    replays: api.seen.replays,
    unauthorizedSeenByCaller: work.unauthorized,
  };
  const broken = brokenPromises(found, circumstances);
  for (const line of work.failures.slice(0, 5)) timeline.conclude(line, 'bad');
  for (const line of broken) timeline.conclude(`promise broken: ${line}`, 'bad');
  const all = `Every promise was kept: ${found.calls} calls, ${found.tokenRequests} token requests, no 401 for billing.`;
  if (broken.length === 0) timeline.conclude(all, 'good');
  else process.exitCode = 1;
  console.log(JSON.stringify(found));
}
