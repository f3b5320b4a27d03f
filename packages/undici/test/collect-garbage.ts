import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Collects garbage until `isDone`. Between two collections, sockets and finalizers get a turn. Returns whether it is done. */
export async function collectGarbageUntil(isDone: () => boolean, rounds = 500): Promise<boolean> {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < rounds && !isDone(); round += 1) {
    await setImmediate(); // a weak reference that was read holds its target until the end of the turn
    collect();
    await setImmediate();
  }
  return isDone();
}
