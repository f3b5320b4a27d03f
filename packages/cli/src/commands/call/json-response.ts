import { redact } from '@bearings/client/errors';
import { createJsonFormatter } from '../../output/json-formatter.ts';
import { printableJson, redactHeader } from '../../output/redaction.ts';

/** How to print a response as one JSON document. */
export interface JsonResponseOptions {
  /** Secrets to remove from the head, because the server may quote them. */
  readonly secrets: readonly string[];
  /** Spaces for each level. `undefined`: one line. */
  readonly indent: number | undefined;
}

/**
 * A response as one JSON document: `status`, `statusText`, `headers`, and `body` in the form that `encoding` names. A JSON
 * body is part of the document, with its numbers unchanged; other text is a string; other bytes are base64.
 */
export function formatJsonResponse(
  { status, statusText, headers }: Response,
  body: Uint8Array,
  { secrets, indent }: JsonResponseOptions,
): string {
  const shown = Object.fromEntries([...headers].map(([name, value]) => [name, redactHeader(name, value, secrets)]));
  const head = printableJson({ status, statusText: redact(statusText, secrets), headers: shown });
  const formatter = createJsonFormatter({ indent });
  return formatter.push(`${head.slice(0, -1)},${describeBody(body, headers)}}`) + formatter.end();
}

/** True for the media types whose body is one JSON text: `application/json` and those that end in `+json`. */
export function isJsonType(headers: Headers): boolean {
  const [type = ''] = (headers.get('content-type') ?? '').split(';', 1);
  return /^[\w.+-]+\/(?:[\w.+-]+\+)?json$/i.test(type.trim());
}

function describeBody(body: Uint8Array, headers: Headers): string {
  if (body.byteLength === 0) return '"encoding":null,"body":null';
  const text = decode(body);
  if (text === undefined) return `"encoding":"base64","body":"${Buffer.from(body).toString('base64')}"`;
  if (isJsonType(headers) && isJson(text)) return `"encoding":"json","body":${text}`;
  return `"encoding":"text","body":${printableJson(text)}`;
}

/** `undefined` for what is no UTF-8. Without the byte order mark, which is no part of JSON. */
function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
