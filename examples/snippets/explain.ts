import { createClient, explain, profiles, withCircuitBreaker } from '@bearings/client';

const store = createClient({ ...profiles.infra, baseUrl: 'https://store.internal' }, withCircuitBreaker());

console.log(explain(store));
