import { orThrow } from '@bearings/client';
import { Token } from '@bearings/oauth-bearer';
import { kubernetesToken } from '@bearings/workload-identity';

const file = process.env['ASSERTION_FILE'] ?? '/var/run/secrets/tokens/id';
const clientAssertion = kubernetesToken({ file });
const token = await orThrow(Token.create({ issuerUrl: 'https://id.internal', clientId: 'billing', clientAssertion }));

console.log(token.status().state);
