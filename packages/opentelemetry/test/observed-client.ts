import { createClient } from '@bearings/client';
import type { ClientOptions } from '@bearings/client';
import type { TelemetryOptions } from '../src/index.ts';
import { withTelemetry } from '../src/index.ts';
import { recorder } from './recorded.ts';

export const api = 'https://api.test';

/** The response to one request. The last one repeats. */
export type Answer = (request: Request) => Response | Promise<Response>;

/** A client with telemetry, and the requests that the server received. */
export function setUp(answers: readonly Answer[], options: ClientOptions = {}, telemetry: TelemetryOptions = {}) {
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
        if (answer === undefined) throw new TypeError('no answer is defined');
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

/** A server that never answers and rejects on abort. */
export const silent: Answer = ({ signal }) =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
