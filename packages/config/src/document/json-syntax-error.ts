import type { TextIssue } from './issue.ts';
import type { ParsedYaml } from './parse-yaml.ts';

/**
 * Finds the first JSON syntax error, or `undefined`.
 *
 * Only the position in the platform's message is used. The message itself quotes the text, which may contain secrets.
 */
export function findJsonSyntaxError(text: string, { issues }: ParsedYaml): TextIssue | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (cause) {
    const position = cause instanceof Error ? /at position (\d+)/.exec(cause.message)?.[1] : undefined;
    const offset = position === undefined ? (issues[0]?.offset ?? firstInvalidOffset(text)) : Number(position);
    return {
      path: [],
      offset,
      found: 'has invalid JSON at this position',
      expected: 'look for a comma, a quote or a bracket',
    };
  }
}

/** One JSON token or white space character. */
const jsonToken = /(?:[\s{}[\],:]|"(?:[^"\\]|\\.)*"|(?:true|false|null|-?\d[\d.eE+-]*)(?![\w]))/y;

/** The first offset where no JSON token begins, or the end of the text. */
function firstInvalidOffset(text: string): number {
  jsonToken.lastIndex = 0;
  let offset = 0;
  while (jsonToken.test(text)) offset = jsonToken.lastIndex;
  return offset;
}
