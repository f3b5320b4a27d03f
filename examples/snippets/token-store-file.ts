import { join } from 'node:path';
import { orThrow } from '@bearings/client';
import { fetchToken } from '@bearings/oauth-bearer';
import { fileTokenStore } from '@bearings/token-store-file';

const store = fileTokenStore(join(process.env['CACHE_FOLDER'] ?? '.cache', 'tokens.db'));
const clientSecret = process.env['ORDERS_SECRET'] ?? '';
const storeKeys = { current: 'k1', keys: { k1: process.env['TOKEN_KEY'] ?? '' } }; // openssl rand -base64 32

const config = { issuerUrl: 'https://id.internal', clientId: 'billing', clientSecret, store, storeKeys };
const token = await orThrow(fetchToken(config));
console.log(token.expiresAt > Date.now());
