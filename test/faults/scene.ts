import type { Entry } from './catalogue.ts';
import { exampleNetwork } from './example-network.ts';
import { serversOf } from './example-servers.ts';
import { checkHolds } from './holds.ts';
import { expectOutcome } from './outcome.ts';
import type { Run } from './replay.ts';
import { finish, play } from './token-scene.ts';
import type { SceneOptions } from './token-scene.ts';

/** Plays an entry on servers of its own, and checks its outcome, all that must hold, and what is left at the end. */
export function scene(options: SceneOptions = {}): Run {
  return async (replay) => {
    await using network = await exampleNetwork({ answer: serversOf(replay.entry), isDown: isDown(replay.entry) });
    const played = await play(replay, network, options);
    expectOutcome(played.entry.expect, played.first);
    await checkHolds(played);
    await finish(played);
  };
}

const isDown = ({ response }: Entry): boolean => response?.wire?.kind === 'refuse';
