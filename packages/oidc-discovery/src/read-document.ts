import { isBearingsError } from '@bearings/client';
import { DiscoveryUnavailableError, InvalidMetadataError } from './errors.ts';

/** A JSON object. */
export type Document = Readonly<Record<string, unknown>>;

/**
 * Reads a metadata document; `undefined` if it is JSON but no object, or no JSON. Errors never quote it.
 *
 * @throws InvalidMetadataError | DiscoveryUnavailableError
 */
export async function readDocument(response: Response, url: string): Promise<Document | undefined> {
  const text = await readText(response, url);
  if (response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    throw new InvalidMetadataError(url, 'its content-type is not application/json');
  }
  return parseObject(text);
}

async function readText(response: Response, url: string): Promise<string> {
  try {
    return await response.text();
  } catch (cause) {
    if (isBearingsError(cause, 'BODY_TOO_LARGE')) {
      throw new InvalidMetadataError(url, `it is larger than ${cause.limitBytes} bytes`);
    }
    throw new DiscoveryUnavailableError(url, cause);
  }
}

/** A JSON object, or nothing. V8's own error would quote the text. */
function parseObject(text: string): Document | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
