import { LRUCache } from 'lru-cache';
import type { GrantKey } from '../store/grant-key.ts';
import { GrantHandle } from './grant-handle.ts';
import type { HandleContext, HandlePurpose } from './handle-context.ts';

/** One handle for each purpose; the one used longest ago is evicted, and goes on for those who hold it. */
export class HandleCache {
  readonly #context: HandleContext;
  readonly #handles: LRUCache<string, GrantHandle>;

  constructor(context: HandleContext, max: number) {
    this.#context = context;
    this.#handles = new LRUCache({ max });
  }

  get size(): number {
    return this.#handles.size;
  }

  /** The handle of a key, if it is kept and open. */
  get(key: string): GrantHandle | undefined {
    const handle = this.#handles.get(key);
    return handle?.isClosed === true ? undefined : handle;
  }

  create(key: string, purpose: HandlePurpose): GrantHandle {
    const handle = new GrantHandle(this.#context, purpose);
    this.#handles.set(key, handle);
    return handle;
  }

  /** The grants of a user have changed: their handles ask the store at the next use. */
  reset(user: Pick<GrantKey, 'tenant' | 'user'>): void {
    for (const handle of this.#handles.values()) handle.resetIfUserIs(user);
  }

  async close(): Promise<void> {
    const handles = [...this.#handles.values()];
    this.#handles.clear();
    await Promise.all(handles.map((handle) => handle.close()));
  }
}
