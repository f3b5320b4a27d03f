import { isBearingsError } from '@bearings/client';
import { StoreError } from '@bearings/user-tokens';

const failure: unknown = new StoreError('unavailable', 'PostgreSQL does not answer');

if (isBearingsError(failure, 'STORE')) console.log(`${failure.reason}, retryable: ${failure.retryable}`);
