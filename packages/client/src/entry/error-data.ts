import { cancelQuietly } from '../body/discard.ts';
import { addBodyHook } from '../body/hooked-body.ts';
import type { Cancel, Clock } from '../time/clock.ts';

type Decoder = InstanceType<typeof TextDecoder>;

/** ky's bound for the body of an error. */
const maxBytes = 10 * 1024 * 1024;

/** How long the body of an error is read, in milliseconds: as long as an attempt may take, and 10 s at most. */
export function errorBodyLimitMs(attemptTimeoutMs: number): number {
  return Math.min(attemptTimeoutMs, 10_000);
}

interface ErrorDataContext {
  readonly clock: Clock;
  readonly limitMs: number;
}

/**
 * Reads the body of an error response as ky does, for `error.data`: parsed JSON, or text.
 *
 * `undefined` for a body that is empty, larger than 10 MiB, slower than the limit, not readable, or not the JSON it claims
 * to be. Never rejects: the status matters more than the body.
 */
export async function readErrorData(response: Response, context: ErrorDataContext): Promise<unknown> {
  const type = response.headers.get('content-type') ?? '';
  const text = await readText(response, createDecoder(type), context);
  if (text === undefined || text === '' || !isJson(type)) return text === '' ? undefined : text;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function readText(
  { body }: Response,
  decoder: Decoder,
  { clock, limitMs }: ErrorDataContext,
): Promise<string | undefined> {
  if (body === null || body.locked) return undefined;
  const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader();
  const late = Promise.withResolvers<undefined>();
  const cancel = clock.schedule(limitMs, () => late.resolve(undefined));
  try {
    let text = '';
    for (let seenBytes = 0; ;) {
      const piece = await Promise.race([reader.read(), late.promise]);
      if (piece?.done === true) return text + decoder.decode();
      seenBytes += piece?.value.byteLength ?? Infinity;
      if (piece === undefined || seenBytes > maxBytes) break;
      text += decoder.decode(piece.value, { stream: true });
    }
    void cancelQuietly(reader); // never rejects
    return undefined;
  } catch {
    return undefined;
  } finally {
    cancel();
  }
}

/** Limits how long the body of an error is read, by ky or by a hook for errors. Its read fails then. */
export function limitErrorBody(response: Response, { clock, limitMs }: ErrorDataContext): Response {
  const late = Promise.withResolvers<never>();
  late.promise.catch(() => {}); // the body may be over
  let cancel: Cancel | undefined;
  return addBodyHook(response, {
    read(read) {
      cancel ??= clock.schedule(limitMs, () => late.reject(new Error('The body of the error took too long')), {
        background: true,
      });
      return Promise.race([read(), late.promise]);
    },
    end: () => cancel?.(),
  });
}

/** The decoder for the charset that the content type names; UTF-8 where it names none, or an unknown one. */
function createDecoder(contentType: string): Decoder {
  const [, quoted, bare] = /;\s*charset\s*=\s*(?:"([^"]+)"|([^;,\s]+))/i.exec(contentType) ?? [];
  try {
    return new TextDecoder(quoted ?? bare);
  } catch {
    return new TextDecoder();
  }
}

/** True for `json` and its kin, such as `problem+json`. */
function isJson(contentType: string): boolean {
  const [type = ''] = contentType.split(';', 1);
  return /\/(?:.*[.+-])?json$/.test(type.trim().toLowerCase());
}
