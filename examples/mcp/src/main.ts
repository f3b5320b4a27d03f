import { randomBytes } from 'node:crypto';
import { fakeIssuer } from '@bearings/testing';
import { findBrokenPromises } from './broken-promises.ts';
import type { Counts } from './broken-promises.ts';
import { startNotesServer } from './mcp-server.ts';
import { runScenario } from './scenario.ts';
import type { Results } from './scenario.ts';
import { createTimeline } from './timeline.ts';

const timeline = createTimeline(console.log);
const registration = { clientId: 'agent', clientSecret: randomBytes(32).toString('base64url') };
const issuer = fakeIssuer({ clients: [registration] });
await issuer.listen();
const server = await startNotesServer(issuer.issuerUrl);
timeline.printEvent('MCP server', 'requires tokens of one issuer, for itself');
try {
  printResult(await runScenario({ issuer, server, registration, timeline }));
} finally {
  await Promise.all([server.close(), issuer.close()]);
}

/** Prints the broken promises, if any, and the counts as JSON for machines. */
function printResult({ wrongUser, pending, failures }: Results): void {
  const { token: tokenRequests, refreshes, reuses: doubleRefreshes } = issuer.counts;
  const { toolCalls } = server.seen;
  const failed = failures.length;
  const counts: Counts = { toolCalls, tokenRequests, refreshes, doubleRefreshes, pending, wrongUser, failed };
  const broken = [...failures.slice(0, 5), ...findBrokenPromises(counts)];
  for (const line of broken) timeline.printResult(`promise broken: ${line}`, 'bad');
  const all = `Every promise was kept: ${toolCalls} tool calls, ${tokenRequests} token requests, no 401 for a caller.`;
  if (broken.length === 0) timeline.printResult(all, 'good');
  else process.exitCode = 1;
  console.log(JSON.stringify(counts));
}
