import { isBearingsError, systemClock } from '@bearings/client';
import type { Clock } from '@bearings/client';
import { untilAborted } from '@bearings/client/layer';
import { CommandError } from './command-error.ts';
import type { Connection } from './connect.ts';
import { parseResponse } from './graphql-response.ts';
import type { GraphQLResponse } from './graphql-response.ts';
import { parseBody, toRequestBody } from './send-operation.ts';
import type { OperationRequest } from './send-operation.ts';
import { isEventStream, readEvents } from './sse-events.ts';

/** How to subscribe. */
export interface SubscribeOptions {
  readonly clock?: Clock | undefined;
  readonly random?: (() => number) | undefined;
  /** Called when the connection was lost, before the next one. */
  readonly onLoss: (loss: { readonly reason: string; readonly delayMs: number }) => void;
}

/** After this many connections in a row without an event, the last failure is reported. */
const maxLosses = 5;

/** Pauses before the next connection. */
const [firstDelayMs, longestDelayMs] = [500, 30_000];

/**
 * The results of a subscription, by the protocol of GraphQL over SSE, distinct connections mode. It ends when the service
 * completes it.
 *
 * A lost connection is opened again, each time with the current token: a service may end the stream when the token does.
 * Events between two connections are lost, because the protocol has no way to ask for them.
 *
 * @throws HTTPError, CommandError and errors of the client, as for a query
 */
export async function* subscribe(
  { client }: Connection,
  request: OperationRequest,
  { clock = systemClock, random = Math.random, onLoss }: SubscribeOptions,
): AsyncGenerator<GraphQLResponse> {
  const { url, signal, onRetry } = request;
  let [losses, wasConnected] = [0, false];
  for (;;) {
    let failure: Error | undefined;
    try {
      const headers = { accept: 'text/event-stream' };
      const retry = { methods: ['post' as const], onRetry };
      const response = await client.post(url, { json: toRequestBody(request), headers, retry, signal });
      if (!isEventStream(response)) {
        yield parseResponse(parseBody(await response.text(), response), response);
        return;
      }
      wasConnected = true;
      const onResult = (): void => {
        losses = 0;
      };
      if (yield* readResults(response, onResult)) return;
    } catch (error) {
      if (!wasConnected || signal.aborted || !isLoss(error)) throw error;
      failure = error;
    }
    losses += 1;
    if (losses > maxLosses) throw failure ?? streamEnded();
    const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** (losses - 1)) * (0.5 + random() / 2);
    onLoss({ reason: describeLoss(failure), delayMs });
    await untilAborted(new Promise<void>((resolve) => void clock.schedule(delayMs, resolve)), signal);
  }
}

const streamEnded = (): CommandError =>
  new CommandError(
    'NETWORK',
    'the service ends the stream again and again, without an event and without completing it',
  );

/** The results of a stream. Returns whether the service has completed it. */
async function* readResults(response: Response, onResult: () => void): AsyncGenerator<GraphQLResponse, boolean> {
  for await (const { event, data } of readEvents(response)) {
    if (event === 'complete') return true;
    if (event !== 'next') continue;
    onResult();
    yield parseResponse(parseBody(data, response), response);
  }
  return false;
}

/** True when the connection was lost, or the service cannot answer at the moment. */
const isLoss = (error: unknown): error is Error =>
  isBearingsError(error, 'HTTP_STATUS')
    ? error.status >= 500 || error.status === 429
    : isBearingsError(error) && error.source === 'client' && error.retryable;

const describeLoss = (failure: Error | undefined): string =>
  failure === undefined
    ? 'the service ended the stream'
    : `the connection was lost (${isBearingsError(failure) ? failure.code : failure.name})`;
