import { discoverTokenEndpoint } from '@bearings/oidc-discovery';

const found = await discoverTokenEndpoint('https://id.internal');

console.log(found.isOk() ? found.value : found.error.message);
