import { Token } from '@bearings/oauth-bearer';
import { discover } from '@bearings/oidc-discovery';
import { expect, onTestFinished, vi } from 'vitest';
import { createNetwork } from './example-network.ts';
import type { Network } from './example-network.ts';
import { requestedMetadata, validToken, isDiscoveryRequest, isTokenRequest, createServers } from './example-servers.ts';
import { checkConditions } from './conditions.ts';
import { expectOutcome } from './outcome.ts';
import { replayArea } from './replay.ts';
import type { Replay } from './replay.ts';
import { replayScenario } from './replay-scenario.ts';
import { scenarioConfig, closeScenario, runScenario } from './token-scenario.ts';

/** Runs discovery, then creates a token that uses discovery. Both must have the entry's outcome. */
async function discovered(replay: Replay): Promise<void> {
  await aloneToo(replay);
  await withToken(replay);
}

async function aloneToo({ entry, hides }: Replay): Promise<void> {
  await using network = await createNetwork({ answer: createServers(entry) });
  const { issuer = '' } = requestedMetadata(entry);
  const { fetch, clock } = network;

  const found = await network.settle(discover(issuer, { fetch, clock, random: () => 0.5 }));

  expectOutcome(entry.expect, hides(found));
  expect(network.seen.every(isDiscoveryRequest)).toBe(true);
  expect(network.loopback.open).toBe(0);
  expect(network.pending).toBe(0);
}

async function withToken(replay: Replay): Promise<void> {
  const { issuer = '' } = requestedMetadata(replay.entry);
  await replayScenario({ config: { issuerUrl: issuer } })(replay);
}

async function hundredAtOnce(replay: Replay): Promise<void> {
  await using network = await createNetwork({ answer: createServers(replay.entry) });
  const { issuer: issuerUrl = '' } = requestedMetadata(replay.entry);
  const config = scenarioConfig(network, { issuerUrl });

  const starts = Array.from({ length: 100 }, () => Token.create(config));
  const tokens = (await network.settle(Promise.all(starts))).map((created) => created.unwrap());

  expect(tokens.map((token) => token.status().state)).toEqual(Array.from(tokens, () => 'fresh'));
  expect(network.seen.filter(isTokenRequest)).toHaveLength(100);
  const played = await runScenario(replay, network, { config: { issuerUrl } });
  expectOutcome(replay.entry.expect, played.first);
  await checkConditions(played);
  replay.hides(tokens);
  await Promise.all(tokens.map((token) => token.close()));
  await closeScenario(played);
}

/** Half of the token's hour, less a jitter of 2.5 minutes. */
const renewedAfterMs = 1_650_000;

async function fiftyRefreshes(replay: Replay): Promise<void> {
  await using network = await createNetwork({ answer: createServers(replay.entry) });
  const { issuer: issuerUrl = '' } = requestedMetadata(replay.entry);
  let issued = 0;
  const metadata = network.answer;
  network.answer = (request) => {
    if (!isTokenRequest(request)) return metadata(request);
    issued += 1;
    return validToken(`at_CANARY_${issued}`);
  };

  letRememberedDocumentsAge(network);

  const played = await runScenario(replay, network, { config: { issuerUrl } });
  await network.pass(50 * renewedAfterMs + 1_000);

  expect(played.token?.status()).toMatchObject({ state: 'fresh', generation: 51 });
  expectOutcome(replay.entry.expect, played.first);
  await checkConditions(played);
  await closeScenario(played);
}

/** Metadata is cached for an hour of the machine's time, so that time must pass too. */
function letRememberedDocumentsAge({ clock }: Network): void {
  const now = performance.now.bind(performance);
  const time = vi.spyOn(performance, 'now').mockImplementation(() => now() + clock.monotonic());
  onTestFinished(() => time.mockRestore());
}

replayArea(
  'discovery',
  {
    'DI-044': withToken, // only a configured method can be missing
    'DI-067': hundredAtOnce,
    'DI-069': fiftyRefreshes,
  },
  discovered,
);
