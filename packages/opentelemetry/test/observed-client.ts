import { createClient } from '@bearings/client';
import type { ClientOptions } from '@bearings/client';
import type { TelemetryOptions } from '../src/index.ts';
import { withTelemetry } from '../src/index.ts';
import { recorder } from './recorded.ts';

export const api = 'https://api.test';

/** What a server does with the requests it gets, one after another; the last goes on. */
export type Answer = (request: Request) => Response | Promise<Response>;

/** A client with telemetry, and the requests that reached the other side. */
export function world(answers: readonly Answer[], options: ClientOptions = {}, telemetry: TelemetryOptions = {}) {
  const seen: Request[] = [];
  const recorded = recorder();
  const client = createClient(
    {
      baseUrl: api,
      retry: { limit: 2, delay: () => 0 },
      async fetch(input, init) {
        const request = new Request(input, init);
        seen.push(request);
        const answer = answers[Math.min(seen.length, answers.length) - 1];
        if (answer === undefined) throw new TypeError('nobody answers');
        return answer(request);
      },
      ...options,
    },
    withTelemetry({ ...recorded.options, ...telemetry }),
  );
  return { ...recorded, client, seen };
}

export const ok: Answer = () => new Response('fine');
export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  () =>
    new Response(null, { status: code, headers });

/** A server that never answers, and notices when nobody waits any more. */
export const silent: Answer = ({ signal }) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
