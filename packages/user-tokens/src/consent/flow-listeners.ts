/** The callers in this process that wait for a flow to end. */
export class FlowListeners {
  readonly #byFlow = new Map<string, Set<() => void>>();

  /** Calls the listener when the flow ends in this process; answers with a function that stops it. */
  add(flowId: string, listener: () => void): () => void {
    const listeners = this.#byFlow.get(flowId) ?? new Set();
    this.#byFlow.set(flowId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#byFlow.get(flowId) === listeners) this.#byFlow.delete(flowId);
    };
  }

  notify(flowId: string): void {
    for (const listener of this.#byFlow.get(flowId) ?? []) listener();
  }
}
