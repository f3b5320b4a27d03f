import { setImmediate } from 'node:timers/promises';

/** How many bytes of a response are recorded. */
const keptBytes = 4_096;

/** The last response, as far as its body was read. */
export interface LastResponse {
  readonly status: number;
  readonly text: string;
}

/** A fetch that records the start of its last response, to show it when no token is acquired. */
export interface RecordingFetch {
  readonly fetch: typeof globalThis.fetch;
  /** `undefined` when the last request had no response. */
  readonly lastResponse: () => Promise<LastResponse | undefined>;
}

/** Errors of `@bearings/oauth-bearer` do not quote a response, because it may hold a token. So it is recorded here. */
export function createRecordingFetch(network: typeof globalThis.fetch): RecordingFetch {
  let last: { status: number; text: string } | undefined;
  return {
    async fetch(input, init) {
      last = undefined;
      const response = await network(input, init);
      const answer = { status: response.status, text: '' };
      last = answer;
      void recordStart(response.clone(), answer); // not awaited: it never rejects
      return response;
    },
    async lastResponse() {
      await setImmediate(); // the copy may get a chunk a moment after the reader
      return last;
    },
  };
}

async function recordStart({ body }: Response, answer: { text: string }): Promise<void> {
  const decoder = new TextDecoder();
  try {
    for await (const chunk of body ?? []) {
      answer.text += decoder.decode(chunk, { stream: true });
      if (answer.text.length >= keptBytes) return;
    }
  } catch {
    // the connection broke: the start is kept, and the reader of the response reports the failure
  }
}
