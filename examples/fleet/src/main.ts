import { randomBytes } from 'node:crypto';
import { Fleet } from './fleet.ts';
import { runScenario } from './scenario.ts';
import type { Chapter } from './scenario.ts';
import { startServers } from './servers.ts';
import { startStore } from './store-server.ts';

const size = 20;
const servers = await startServers();
const store = await startStore();
/** With `--without-store` the replicas share nothing, for comparison. */
const isShared = !process.argv.includes('--without-store');
const sharing = isShared ? `share one token by ${store.description}` : 'have tokens of their own';
console.log(`${size} processes ${sharing}.\n`);
const { issuerUrl, ordersUrl, clientId, clientSecret } = servers;
const config = { issuerUrl, ordersUrl, clientId, clientSecret, storeKey: randomBytes(32).toString('base64') };
const fleet = await Fleet.start(size, { ...(isShared && { address: store.address }), config });
try {
  const chapters = await runScenario({ servers, fleet, store, onChapter: print });
  printResult(chapters);
} finally {
  await fleet.close();
  await store.close();
  servers.close();
}

function print({ title, tokenRequests, calls, failed, tookMs }: Chapter): void {
  const requests = `${tokenRequests} token request${tokenRequests === 1 ? '' : 's'}`;
  console.log(`  ${title.padEnd(48)} ${requests.padEnd(17)} ${calls} calls, ${failed} failed, ${tookMs} ms`);
}

/** Prints each broken promise, and the counts as JSON for machines. */
function printResult(chapters: readonly Chapter[]): void {
  const failed = chapters.reduce((total, chapter) => total + chapter.failed, 0);
  const fallbacks = chapters.reduce((total, chapter) => total + chapter.fallbacks, 0);
  const broken = isShared ? findBroken(chapters) : [];
  for (const line of broken) console.log(`✗ promise broken: ${line}`);
  if (broken.length > 0) process.exitCode = 1;
  else if (isShared) console.log('\n✓ Every promise was kept.');
  console.log(JSON.stringify({ replicas: size, tokenRequests: servers.tokenRequests, failed, fallbacks }));
}

function findBroken(chapters: readonly Chapter[]): readonly string[] {
  return chapters.flatMap(({ title, tokenRequests, allowed, failed: calls }) => [
    ...(tokenRequests > allowed ? [`${title}: ${tokenRequests} token requests, not ${allowed} at most`] : []),
    ...(calls > 0 ? [`${title}: ${calls} calls failed`] : []),
  ]);
}
