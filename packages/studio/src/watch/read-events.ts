/** One server-sent event whose data is JSON. */
export interface ServerEvent {
  readonly name: string;
  readonly value: unknown;
}

/** A service could send without end. */
const maxChars = 16 * 1024 * 1024;

/** Reads server-sent events, as `statusHandler` writes them: one `event` line and one `data` line. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const blocks = `${rest}${decoder.decode(chunk, { stream: true })}`.split('\n\n');
    rest = blocks.pop() ?? '';
    if (rest.length > maxChars) throw new TypeError('an event is larger than 16 MiB');
    for (const block of blocks) {
      const event = parseBlock(block);
      if (event !== undefined) yield event;
    }
  }
}

function parseBlock(block: string): ServerEvent | undefined {
  const lines = block.split('\n');
  const name = lines.find((line) => line.startsWith('event: '))?.slice('event: '.length);
  const text = lines.find((line) => line.startsWith('data: '))?.slice('data: '.length);
  if (name === undefined || text === undefined) return undefined;
  const value: unknown = JSON.parse(text);
  return { name, value };
}
