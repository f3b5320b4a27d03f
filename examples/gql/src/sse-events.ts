import { createParser } from 'eventsource-parser';
import type { EventSourceMessage } from 'eventsource-parser';
import { CommandError } from './command-error.ts';

/** The largest event, in bytes, with the comments before it: a stream has no limit, but an event is held in memory. */
const maxEventBytes = 10 * 1024 * 1024;

/**
 * The events of a stream (HTML Standard, Server-sent events). Comments, which keep a connection alive, are left out.
 *
 * @throws CommandError for an event that is too large; errors of the body
 */
export async function* readEvents(response: Response): AsyncGenerator<EventSourceMessage> {
  const events: EventSourceMessage[] = [];
  let held = 0;
  const parser = createParser({ onEvent: (event) => void events.push(event) });
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    held += chunk.byteLength;
    parser.feed(decoder.decode(chunk, { stream: true }));
    if (events.length > 0) held = 0;
    yield* events.splice(0);
    if (held > maxEventBytes) throw new CommandError('NO_GRAPHQL', 'sent an event that is larger than 10 MiB');
  }
}

/** True for a stream of events. */
export const isEventStream = ({ headers }: Pick<Response, 'headers'>): boolean =>
  /^text\/event-stream\s*(?:;|$)/i.test(headers.get('content-type') ?? '');
