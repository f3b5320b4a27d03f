import ky from 'ky';
import type { KyInstance, Options } from 'ky';
import { createClient } from '../../src/client.ts';
import { scriptedFetch } from '../scripted.ts';
import type { Answer, ScriptedFetch } from '../scripted.ts';

/** What came of an act, and what the network was sent for it. */
interface Came {
  readonly answer: unknown;
  readonly sent: readonly { url: string; method: string; body: string; headers: Record<string, string> }[];
}

/** Options of both, and the script of the network. By default it answers once, with JSON. */
type Given = Omit<Options, 'fetch' | 'timeout' | 'totalTimeout' | 'method' | 'body' | 'json'> & {
  readonly script?: readonly Answer[];
};

const order: Answer = () => Response.json({ id: 42 });

/** The same act with plain ky and with a client of ours, on the same network. Neither retries by default. */
export async function besideKy(
  act: (api: KyInstance) => unknown,
  { script = [order], retry = 0, ...options }: Given = {},
): Promise<{ theirs: Came; ours: Came }> {
  const [one, other] = [scriptedFetch(...script), scriptedFetch(...script)];
  const theirs = await came(() => act(ky.create({ ...options, retry, fetch: one })), one);
  const ours = await came(() => act(createClient({ ...options, retry, fetch: other, random: () => 0 })), other);
  return { theirs, ours };
}

async function came(act: () => unknown, network: ScriptedFetch): Promise<Came> {
  const answer = await readAnswer(act);
  const sent = network.sent.map(({ url, method, body, headers }) => ({
    url,
    method,
    body,
    headers: Object.fromEntries([...headers].filter(([name]) => name !== 'user-agent')),
  }));
  return { answer, sent };
}

async function readAnswer(act: () => unknown): Promise<unknown> {
  try {
    const answer = await act();
    return answer instanceof Response ? { status: answer.status, text: await answer.text() } : answer;
  } catch (error) {
    return error instanceof Error ? { threw: error.name, message: error.message } : error;
  }
}
