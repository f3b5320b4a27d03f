import { isUserTokensError, StoreError } from '@bearings/user-tokens';

const failure: unknown = new StoreError('unavailable', 'PostgreSQL does not answer');

if (isUserTokensError(failure, 'STORE')) console.log(`${failure.reason}, retryable: ${failure.retryable}`);
