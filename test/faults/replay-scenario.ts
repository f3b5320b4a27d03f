import type { Entry } from './catalogue.ts';
import { createNetwork } from './example-network.ts';
import { createServers } from './example-servers.ts';
import { checkConditions } from './conditions.ts';
import { expectOutcome } from './outcome.ts';
import type { Run } from './replay.ts';
import { closeScenario, runScenario } from './token-scenario.ts';
import type { ScenarioOptions } from './token-scenario.ts';

/** Runs a scenario on its own servers. Checks the outcome, the conditions, and that nothing is left at the end. */
export function replayScenario(options: ScenarioOptions = {}): Run {
  return async (replay) => {
    await using network = await createNetwork({ answer: createServers(replay.entry), isDown: isDown(replay.entry) });
    const played = await runScenario(replay, network, options);
    expectOutcome(played.entry.expect, played.first);
    await checkConditions(played);
    await closeScenario(played);
  };
}

const isDown = ({ response }: Entry): boolean => response?.wire?.kind === 'refuse';
