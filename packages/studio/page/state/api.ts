import type { CheckedText, DocumentState } from '../../src/documents/studio-document.ts';
import type { Preview } from '../../src/documents/document-kind.ts';
import type { Fields, Value } from '../../src/documents/value.ts';

/** A kind of documents, as the server describes it. */
interface KindState {
  readonly kind: string;
  readonly schema: Fields;
  readonly canTest: boolean;
  readonly canPreview: boolean;
  readonly isFolder: boolean;
  readonly folder: string | null;
}

/** What the server says first. */
export interface StudioState {
  readonly kinds: readonly KindState[];
  readonly documents: readonly DocumentState[];
  readonly watch?: string;
  readonly command: string;
  readonly idleMinutes: number;
}

/** What an issuer's metadata offers, or why there is none. */
export type Discovered =
  | {
      readonly isFound: true;
      readonly tookMs: number;
      readonly tokenEndpoint: string;
      readonly scopes: readonly string[];
      readonly methods: readonly string[];
    }
  | { readonly isFound: false; readonly tookMs: number; readonly message: string };

/** How an API answers without a credential. */
export type Probed =
  | { readonly hasAnswered: true; readonly status: number; readonly challenge: string }
  | { readonly hasAnswered: false; readonly reason: string };

/** The edit of a document, as the server takes it. */
export interface EditBody {
  readonly id: string;
  /** The text that the edit was made from. */
  readonly base: string;
  readonly value?: Value | undefined;
  readonly text?: string;
}

/** The server has refused a request, or does not answer. */
class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function post(path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(path, { method: 'POST', headers, body: JSON.stringify(body), ...(signal && { signal }) });
}

async function readJson<T>(response: Response): Promise<T> {
  const value: T & { readonly error?: string } = await response.json();
  if (!response.ok) throw new ApiError(response.status, value.error ?? `the studio answered ${response.status}`);
  return value;
}

/** The requests of the page. Each goes to its own server. */
export const api = {
  state: async (): Promise<StudioState> => readJson(await fetch('/api/state')),
  read: async (id: string): Promise<DocumentState> => readJson(await post('/api/read', { id })),
  check: async (edit: EditBody): Promise<CheckedText> => readJson(await post('/api/check', edit)),
  discover: async (issuerUrl: string, insecureHttp: boolean): Promise<Discovered> =>
    readJson(await post('/api/discover', { issuerUrl, insecureHttp })),
  probe: async (url: string): Promise<Probed> => readJson(await post('/api/probe', { url })),
  preview: async (edit: EditBody, resource: string): Promise<Preview> =>
    readJson(await post('/api/preview', { ...edit, resource })),
  test: (edit: EditBody, name: string, signal: AbortSignal): Promise<Response> =>
    post('/api/test', { ...edit, name }, signal),
  /** The document as it is now: written, or as something else has left it. */
  async save(edit: EditBody, version: string): Promise<{ readonly isSaved: boolean; readonly state: DocumentState }> {
    const response = await post('/api/save', { ...edit, version });
    if (response.status === 409) return { isSaved: false, state: await response.json() };
    return { isSaved: true, state: await readJson(response) };
  },
};
