import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../usage-error.ts';

/** As much as a config file may have. */
const maxBytes = 1024 * 1024;

/**
 * The text of a config that is not in a file: `-` for stdin, or a pipe such as `<(sops -d bearings.yaml)`; `undefined` for a
 * file. A pipe is read once, so that it can be decrypted for this command alone.
 *
 * @throws UsageError when it is empty, too large, or not UTF-8
 */
export async function readPipedConfig(
  { stdin, interrupted }: Pick<Terminal, 'stdin' | 'interrupted'>,
  path: string,
  given: string,
): Promise<string | undefined> {
  if (given === '-') return readText(stdin.stream, 'stdin');
  const isPipe = (await stat(path).catch(() => undefined))?.isFIFO() ?? false;
  return isPipe ? readText(createReadStream(path, { signal: interrupted }), given) : undefined;
}

async function readText(stream: AsyncIterable<Uint8Array | string>, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    size += bytes.byteLength;
    if (size > maxBytes) throw new UsageError(`the config from ${name} is larger than 1 MiB`);
    chunks.push(bytes);
  }
  if (size === 0) throw new UsageError(`the config from ${name} is empty: did the command before it fail?`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new UsageError(`the config from ${name} is not UTF-8`);
  }
}
