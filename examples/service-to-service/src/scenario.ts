import type { Token } from '@bearings/oauth-bearer';
import type { IdentityProvider } from './identity-provider.ts';
import type { OrdersApi } from './orders-api.ts';
import type { Observations } from './broken-promises.ts';
import type { Timeline } from './timeline.ts';
import type { Workload } from './workload.ts';

/** The parts of the scenario. */
export interface ScenarioContext {
  readonly provider: IdentityProvider;
  readonly api: OrdersApi;
  readonly token: Token;
  readonly work: Workload;
  readonly timeline: Timeline;
}

/** How long a step waits for its event. */
const waitLimitMs = 6_000;
/** How long before the next renewal the identity provider comes back: a failed renewal would wait up to 10 s. */
const recoveryLeadMs = 500;

/** Runs the events in the life of a token, in order. */
export async function runScenario(context: ScenarioContext): Promise<Observations> {
  await sendBurst(context);
  const renewalsAheadOfExpiry = await awaitRenewal(context);
  const rejectedBeforeRevocation = context.api.seen.rejected;
  const rotations = await revokeToken(context);
  const outage = await surviveOutage(context);
  const renewalsAfterOutage = await awaitRenewal(context);
  return { rejectedBeforeRevocation, renewalsAheadOfExpiry, rotations, ...outage, renewalsAfterOutage };
}

/** Many calls at once use the current token. */
async function sendBurst({ provider, api, work, timeline }: ScenarioContext): Promise<void> {
  const ms = stopwatch();
  await work.sendAtOnce(200);
  const tokenRequests = provider.tokenRequests;
  timeline.printEvent(
    '200 calls at once',
    `tokens used: ${api.seen.tokens.size}, token requests: ${tokenRequests}; ${ms()} ms`,
  );
}

/** Sends calls until the API receives a new token. Returns the number of renewals before expiry. */
async function awaitRenewal({ api, work, timeline }: ScenarioContext): Promise<number> {
  const expiresAt = Math.max(...api.seen.tokens.values());
  const before = { tokens: api.seen.tokens.size, calls: work.made, failed: work.failures.length };
  await work.sendUntil(() => api.seen.tokens.size > before.tokens, waitLimitMs);
  const aheadMs = expiresAt - Date.now();
  const renewals = api.seen.tokens.size - before.tokens;
  const calls = `${work.made - before.calls} calls meanwhile, ${work.failures.length - before.failed} failed`;
  if (renewals === 0) timeline.printEvent('token not renewed', `within ${waitLimitMs} ms; ${calls}`);
  else timeline.printEvent('token renewed', `${aheadMs} ms before it expired; ${calls}`);
  return aheadMs > 0 ? renewals : 0;
}

/** Revokes the current token during many calls. Returns the number of token requests that follow. */
async function revokeToken({ provider, api, work, timeline }: ScenarioContext): Promise<number> {
  const before = { requests: provider.tokenRequests, ...api.seen, failed: work.failures.length };
  const ms = stopwatch();
  api.revokeAfter(20);
  await work.sendAtOnce(100);
  const rotations = provider.tokenRequests - before.requests;
  const replays = api.seen.replays - before.replays;
  timeline.printEvent(
    'token revoked',
    `during 100 calls: ${api.seen.rejected - before.rejected} were rejected with 401`,
  );
  timeline.printEvent(
    'token rotated',
    `token requests: ${rotations}; ${replays} calls replayed, ${work.failures.length - before.failed} failed, ${ms()} ms`,
  );
  return rotations;
}

type Outage = Pick<Observations, 'outageCalls' | 'outageFailures'>;

/** The identity provider goes down while the token is valid, and comes back before the next renewal. */
async function surviveOutage({ provider, token, work, timeline }: ScenarioContext): Promise<Outage> {
  const before = { calls: work.made, failed: work.failures.length };
  const backAt = (token.status().renewsAt ?? Date.now()) - recoveryLeadMs;
  await provider.goDown();
  timeline.printEvent('provider down', 'the identity provider refuses connections');
  await work.sendUntil(() => Date.now() >= backAt, waitLimitMs);
  const outage = { outageCalls: work.made - before.calls, outageFailures: work.failures.length - before.failed };
  await provider.comeBack();
  timeline.printEvent('provider back', `${outage.outageCalls} calls meanwhile, ${outage.outageFailures} failed`);
  return outage;
}

function stopwatch(): () => number {
  const startedAt = performance.now();
  return () => Math.round(performance.now() - startedAt);
}
