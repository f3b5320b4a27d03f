import { digestText } from './digest.ts';
import type { Output } from './output.ts';
import { readLines } from './read-lines.ts';

/** Which lines the output has already, of some resources. In memory: about 60 bytes for each line. */
export interface WrittenLines {
  /** Reads the lines of a resource, up to this offset; later ones must be added. Does nothing the second time. */
  load(resource: string, end: number): Promise<void>;
  /** Adds a line of a loaded resource. Returns false when it is there already. */
  add(resource: string, line: string): boolean;
}

/** Looks at the output itself, so that there is no second list of what was written. */
export function createWrittenLines(output: Output): WrittenLines {
  const loaded = new Map<string, Promise<void>>();
  const digests = new Set<string>();
  const load = async (resource: string, end: number): Promise<void> => {
    const start = `{"resource":${JSON.stringify(resource)},`;
    for await (const line of readLines(output, end)) if (line.startsWith(start)) digests.add(digestText(line));
  };
  return {
    async load(resource, end) {
      const loading = loaded.get(resource) ?? load(resource, end);
      loaded.set(resource, loading);
      await loading;
    },
    add(resource, line) {
      if (!loaded.has(resource)) return true;
      const { size } = digests;
      digests.add(digestText(line));
      return digests.size > size;
    },
  };
}
