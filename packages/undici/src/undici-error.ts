import { transportFailure } from '@bearings/client';
import type { FailureScene } from '@bearings/client';
import { ClientClosedError, isClientError } from '@bearings/client/errors';
import type { ClientError } from '@bearings/client/errors';

const closedCodes = ['UND_ERR_CLOSED', 'UND_ERR_DESTROYED'];

/** The client's error for one of undici's; a network that was closed is the client's being closed. */
export function toUndiciError(cause: unknown, scene: FailureScene): ClientError {
  const failure = transportFailure(cause, scene);
  const isClosed = isClientError(failure, 'TRANSPORT') && closedCodes.includes(failure.reason);
  return isClosed ? new ClientClosedError() : failure;
}
