import { randomBytes } from 'node:crypto';
import { connectToOrders } from './billing.ts';
import { startIdentityProvider } from './identity-provider.ts';
import { startOrdersApi } from './orders-api.ts';
import { findBrokenPromises } from './broken-promises.ts';
import type { Observations, Counts } from './broken-promises.ts';
import { runScenario } from './scenario.ts';
import type { ScenarioContext } from './scenario.ts';
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
  timeline.printStages(orders.stages);
  timeline.printEvent('discovery', `found the token endpoint; requests: ${provider.discoveryRequests}`);
  timeline.printEvent('first token', `valid for ${registration.tokenLifetimeS} s; requests: ${provider.tokenRequests}`);
  const context = { provider, api, token, work: createWorkload(orders), timeline };
  const observations = await runScenario(context);
  await orders.close();
  await network.close();
  await token.close();
  timeline.printEvent('closed', `the client and its token (${token.status().state})`);
  printResult(context, observations);
} finally {
  await provider.goDown();
  await api.close();
}

/** Prints the broken promises, if any, and the counts as JSON for machines. */
function printResult({ work }: ScenarioContext, observations: Observations): void {
  const counts: Counts = {
    discovery: provider.discoveryRequests,
    tokenRequests: provider.tokenRequests,
    calls: api.seen.orders.size,
    failed: work.failures.length,
    rotations: observations.rotations,
    replays: api.seen.replays,
    unauthorizedSeenByCaller: work.unauthorized,
  };
  const broken = findBrokenPromises(counts, observations);
  for (const line of work.failures.slice(0, 5)) timeline.printResult(line, 'bad');
  for (const line of broken) timeline.printResult(`promise broken: ${line}`, 'bad');
  const all = `Every promise was kept: ${counts.calls} calls, ${counts.tokenRequests} token requests, no 401 for billing.`;
  if (broken.length === 0) timeline.printResult(all, 'good');
  else process.exitCode = 1;
  console.log(JSON.stringify(counts));
}
