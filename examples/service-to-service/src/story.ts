import type { Token } from '@bearings/oauth-bearer';
import type { IdentityProvider } from './identity-provider.ts';
import type { OrdersApi } from './orders-api.ts';
import type { Circumstances } from './promises.ts';
import type { Timeline } from './timeline.ts';
import type { Workload } from './workload.ts';

/** Who takes part. */
export interface Cast {
  readonly provider: IdentityProvider;
  readonly api: OrdersApi;
  readonly token: Token;
  readonly work: Workload;
  readonly timeline: Timeline;
}

/** How long a chapter waits for what it is about. */
const patienceMs = 6_000;
/** How long before the next renewal the identity provider is back: a renewal that fails waits up to 10 s. */
const backAheadMs = 500;

/** Everything that happens to a token in a service's life, in order. */
export async function liveThrough(cast: Cast): Promise<Circumstances> {
  await rush(cast);
  const renewalsAheadOfExpiry = await renewal(cast);
  const rejectedBeforeRevocation = cast.api.seen.rejected;
  const rotations = await revocation(cast);
  const outage = await surviveOutage(cast);
  const renewalsAfterOutage = await renewal(cast);
  return { rejectedBeforeRevocation, renewalsAheadOfExpiry, rotations, ...outage, renewalsAfterOutage };
}

/** Many calls at once take the token that is there. */
async function rush({ provider, api, work, timeline }: Cast): Promise<void> {
  const ms = stopwatch();
  await work.burst(200);
  const asked = provider.tokenRequests;
  timeline.tell('200 calls at once', `tokens used: ${api.seen.tokens.size}, token requests: ${asked}; ${ms()} ms`);
}

/** Calls go on until the API sees a token it has not seen. Answers how many renewals there were ahead of expiry. */
async function renewal({ api, work, timeline }: Cast): Promise<number> {
  const expiresAt = Math.max(...api.seen.tokens.values());
  const before = { tokens: api.seen.tokens.size, calls: work.made, failed: work.failures.length };
  await work.trickle(() => api.seen.tokens.size > before.tokens, patienceMs);
  const aheadMs = expiresAt - Date.now();
  const renewals = api.seen.tokens.size - before.tokens;
  const calls = `${work.made - before.calls} calls meanwhile, ${work.failures.length - before.failed} failed`;
  if (renewals === 0) timeline.tell('token not renewed', `within ${patienceMs} ms; ${calls}`);
  else timeline.tell('token renewed', `${aheadMs} ms before it ran out; ${calls}`);
  return aheadMs > 0 ? renewals : 0;
}

/** The API revokes the current token in the midst of many calls. Answers how often a new one was asked for. */
async function revocation({ provider, api, work, timeline }: Cast): Promise<number> {
  const before = { requests: provider.tokenRequests, ...api.seen, failed: work.failures.length };
  const ms = stopwatch();
  api.revokeAfter(20);
  await work.burst(100);
  const rotations = provider.tokenRequests - before.requests;
  const replays = api.seen.replays - before.replays;
  timeline.tell('token revoked', `amid 100 calls: ${api.seen.rejected - before.rejected} were turned away with 401`);
  timeline.tell(
    'token rotated',
    `token requests: ${rotations}; ${replays} calls replayed, ${work.failures.length - before.failed} failed, ${ms()} ms`,
  );
  return rotations;
}

type Outage = Pick<Circumstances, 'outageCalls' | 'outageFailures'>;

/** The identity provider goes away while the token is good, and is back before the next renewal. */
async function surviveOutage({ provider, token, work, timeline }: Cast): Promise<Outage> {
  const before = { calls: work.made, failed: work.failures.length };
  const backAt = (token.status().renewsAt ?? Date.now()) - backAheadMs;
  await provider.goDown();
  timeline.tell('provider down', 'the identity provider answers nobody');
  await work.trickle(() => Date.now() >= backAt, patienceMs);
  const outage = { outageCalls: work.made - before.calls, outageFailures: work.failures.length - before.failed };
  await provider.comeBack();
  timeline.tell('provider back', `${outage.outageCalls} calls meanwhile, ${outage.outageFailures} failed`);
  return outage;
}

function stopwatch(): () => number {
  const beganAt = performance.now();
  return () => Math.round(performance.now() - beganAt);
}
