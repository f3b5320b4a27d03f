import type { FlowOutcome, FlowRecord, NewFlow } from './flow-record.ts';
import type { GrantKey } from './grant-key.ts';

/** Where consents are kept that were asked for. The rules of `GrantStore` hold. */
export interface FlowStore {
  insertFlow(flow: NewFlow): Promise<void>;
  getFlow(id: string): Promise<FlowRecord | undefined>;
  findFlowByState(stateHash: string): Promise<FlowRecord | undefined>;
  /** The flows of a user for a connection that are pending and have not expired, the newest first. */
  listPendingFlows(key: Omit<GrantKey, 'account'>): Promise<readonly FlowRecord[]>;
  /** Binds a pending flow to a browser. The last browser counts. False when it is not pending any more. */
  bindFlow(id: string, bindingHash: string): Promise<boolean>;
  /**
   * From `pending` to `exchanging`, for one caller only; `undefined` for every other, and for one that has expired or
   * whose binding is not this one any more.
   */
  consumeFlow(stateHash: string, bindingHash: string): Promise<FlowRecord | undefined>;
  /** Ends a flow that is pending or exchanging, and erases its secrets. False when it has ended already. */
  finishFlow(id: string, outcome: FlowOutcome): Promise<boolean>;
}
