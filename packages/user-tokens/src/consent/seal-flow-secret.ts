import { flowContext } from '../sealing/seal-context.ts';
import type { FlowBinding } from '../sealing/seal-context.ts';
import { readStoredBinding, toStoredBinding } from '../grant/stored-binding.ts';
import type { StoredBinding } from '../grant/stored-binding.ts';
import type { RowSealer } from '../sealing/row-sealer.ts';
import { StoreError } from '../errors.ts';
import type { FlowRecord } from '../store/flow-record.ts';
import type { SealedContent } from '../store/grant-record.ts';
import type { FlowSecret } from './flow-secret.ts';

/** Seals the secrets of a flow for its row. */
export async function sealFlowSecret(secret: FlowSecret, flow: FlowBinding, sealer: RowSealer): Promise<SealedContent> {
  const { state, verifier, nonce, binding } = secret;
  const stored: StoredSecret = { state, verifier, nonce, dpop: toStoredBinding(binding) };
  return sealer.seal(new TextEncoder().encode(JSON.stringify(stored)), flowContext(flow));
}

interface StoredSecret extends Omit<FlowSecret, 'binding'> {
  readonly dpop?: StoredBinding | undefined;
}

/**
 * Opens the secrets of a flow.
 *
 * @throws StoreError with the reason `unknown_key` or `undecryptable`
 */
export async function openFlowSecret(flow: FlowRecord, sealer: RowSealer): Promise<FlowSecret> {
  const { sealed, keyId } = flow;
  if (sealed === undefined) throw new StoreError('undecryptable', 'The secrets of this flow have been erased');
  const { state, verifier, nonce, dpop }: StoredSecret = JSON.parse(
    new TextDecoder().decode(await sealer.open({ sealed, keyId }, flowContext(flow))),
  );
  return { state, verifier, nonce, binding: readStoredBinding(dpop) };
}
