import type { Clock } from '@bearings/client';
import type { FlowOutcome, FlowRecord, NewFlow } from './flow-record.ts';
import type { FlowStore } from './flow-store.ts';
import type { GrantKey } from './grant-key.ts';

interface Row extends Omit<FlowRecord, 'expiresInMs'> {
  readonly expiresAt: number;
}

const hourMs = 3_600_000;

/** Keeps flows in memory. */
export class MemoryFlows implements FlowStore {
  readonly #clock: Clock;
  readonly #flows = new Map<string, Row>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async insertFlow({ lifetimeMs, ...flow }: NewFlow): Promise<void> {
    const fresh = { status: 'pending', bindingHash: undefined, reason: undefined, grantId: undefined } as const;
    this.#flows.set(flow.id, { ...flow, ...fresh, expiresAt: this.now() + lifetimeMs });
  }

  async getFlow(id: string): Promise<FlowRecord | undefined> {
    return this.#read(this.#flows.get(id));
  }

  async findFlowByState(stateHash: string): Promise<FlowRecord | undefined> {
    return this.#read(this.#withState(stateHash));
  }

  async listPendingFlows(key: Omit<GrantKey, 'account'>): Promise<readonly FlowRecord[]> {
    const fields = ['tenant', 'user', 'connection'] as const;
    const found = [...this.#flows.values()].filter((row) => fields.every((name) => row[name] === key[name]));
    return found
      .map((row) => this.#toRecord(row))
      .filter(({ status }) => status === 'pending')
      .toReversed();
  }

  async bindFlow(id: string, bindingHash: string): Promise<boolean> {
    return this.#change(this.#flows.get(id), ['pending'], { bindingHash });
  }

  async consumeFlow(stateHash: string, bindingHash: string): Promise<FlowRecord | undefined> {
    const row = this.#withState(stateHash);
    if (row?.bindingHash !== bindingHash) return undefined;
    return this.#change(row, ['pending'], { status: 'exchanging' }) ? this.findFlowByState(stateHash) : undefined;
  }

  async finishFlow(id: string, { status, reason, grantId }: FlowOutcome): Promise<boolean> {
    const row = this.#flows.get(id);
    return this.#change(row, ['pending', 'exchanging'], { status, reason, grantId, sealed: undefined });
  }

  protected now(): number {
    return this.#clock.now();
  }

  protected sealedFlows(): readonly Pick<Row, 'sealed' | 'keyId'>[] {
    return [...this.#flows.values()];
  }

  protected deleteFlows(isUnwanted: (row: Row) => boolean): void {
    for (const row of this.#flows.values()) if (isUnwanted(row)) this.#flows.delete(row.id);
  }

  protected sweepFlows(): void {
    this.deleteFlows(({ expiresAt }) => expiresAt + hourMs <= this.now());
  }

  #withState(stateHash: string): Row | undefined {
    return [...this.#flows.values()].find((row) => row.stateHash === stateHash);
  }

  #change(row: Row | undefined, from: readonly Row['status'][], changes: Partial<Row>): boolean {
    if (row === undefined || !from.includes(this.#toRecord(row).status)) return false;
    this.#flows.set(row.id, { ...row, ...changes });
    return true;
  }

  #read(row: Row | undefined): FlowRecord | undefined {
    return row && this.#toRecord(row);
  }

  #toRecord({ expiresAt, ...row }: Row): FlowRecord {
    const expiresInMs = expiresAt - this.now();
    const isOver = expiresInMs <= 0 && row.status === 'pending';
    return { ...row, expiresInMs, status: isOver ? 'expired' : row.status };
  }
}
