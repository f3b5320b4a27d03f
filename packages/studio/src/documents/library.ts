import { readdir } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import type { DocumentKind } from './document-kind.ts';
import { StudioDocument } from './studio-document.ts';

/** Documents of one kind: a single file, or each YAML and JSON file of a folder. */
export interface DocumentSet {
  readonly kind: string;
  readonly rules: DocumentKind;
  /** Exactly one of both. */
  readonly file?: string | undefined;
  readonly folder?: string | undefined;
}

const extensions = ['.yaml', '.yml', '.json'];

/** The documents that the page may see and write. No other file can be named. */
export class Library {
  readonly #sets: readonly DocumentSet[];
  readonly #documents = new Map<string, StudioDocument>();

  constructor(sets: readonly DocumentSet[]) {
    this.#sets = sets;
    for (const { kind, rules, file } of sets) if (file !== undefined) this.#add(basename(file), { kind, rules, file });
  }

  get kinds(): readonly DocumentSet[] {
    return this.#sets;
  }

  /** All documents that exist, those of folders by name. */
  async list(): Promise<readonly StudioDocument[]> {
    const listed = [...this.#documents.values()].filter(({ id }) => !id.includes('/'));
    for (const set of this.#sets) {
      if (set.folder === undefined) continue;
      for (const name of await fileNames(set.folder)) listed.push(this.#inFolder(set, name));
    }
    return listed;
  }

  /** The document with an id: one that exists, or a new one in a folder. `undefined` for any other id. */
  find(id: string): StudioDocument | undefined {
    const known = this.#documents.get(id);
    if (known !== undefined) return known;
    const [kind = '', name = '', ...more] = id.split('/');
    const set = this.#sets.find((each) => each.kind === kind && each.folder !== undefined);
    const isName = more.length === 0 && /^[A-Za-z0-9][\w-]*\.(?:ya?ml|json)$/.test(name);
    return set !== undefined && isName ? this.#inFolder(set, name) : undefined;
  }

  #inFolder({ kind, rules, folder = '' }: DocumentSet, name: string): StudioDocument {
    const id = `${kind}/${name}`;
    return this.#documents.get(id) ?? this.#add(id, { kind, rules, file: join(resolve(folder), name) });
  }

  #add(id: string, facts: { kind: string; rules: DocumentKind; file: string }): StudioDocument {
    const document = new StudioDocument(id, facts);
    this.#documents.set(id, document);
    return document;
  }
}

async function fileNames(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => extensions.includes(extname(name)) && !name.startsWith('.')).toSorted();
  } catch {
    return []; // a folder that does not exist has no documents yet
  }
}
