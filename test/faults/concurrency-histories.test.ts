import { tryHistories } from './concurrency-histories.ts';
import { replay } from './replay.ts';

replay('CC-021', async ({ hides }) => void hides(await tryHistories({ numRuns: 1_000 })));
