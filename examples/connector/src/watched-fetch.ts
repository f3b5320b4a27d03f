import { setImmediate } from 'node:timers/promises';

/** As much of an answer as is kept, in bytes. */
const keptBytes = 4_096;

/** What the last answer was, as far as it was read. */
export interface LastAnswer {
  readonly status: number;
  readonly text: string;
}

/** A network that remembers the beginning of its last answer, to be shown when a token cannot be had. */
export interface WatchedFetch {
  readonly fetch: typeof globalThis.fetch;
  /** `undefined` when the last request had no answer. */
  readonly lastAnswer: () => Promise<LastAnswer | undefined>;
}

/** Errors of `@bearings/oauth-bearer` never quote an answer, because it may hold a token. So it is kept here. */
export function watchFetch(network: typeof globalThis.fetch): WatchedFetch {
  let last: { status: number; text: string } | undefined;
  return {
    async fetch(input, init) {
      last = undefined;
      const response = await network(input, init);
      const answer = { status: response.status, text: '' };
      last = answer;
      void keep(response.clone(), answer); // catches, and nobody waits for it
      return response;
    },
    async lastAnswer() {
      await setImmediate(); // the copy gets a piece when the reader does, perhaps a moment later
      return last;
    },
  };
}

async function keep({ body }: Response, answer: { text: string }): Promise<void> {
  const decoder = new TextDecoder();
  try {
    for await (const piece of body ?? []) {
      answer.text += decoder.decode(piece, { stream: true });
      if (answer.text.length >= keptBytes) return;
    }
  } catch {
    // it broke off: what came is kept, and the reader of the answer itself tells
  }
}
