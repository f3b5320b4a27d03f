import { orThrow } from '@bearings/client';
import { Token } from '@bearings/oauth-bearer';
import { createTokenTable, postgresTokenStore } from '@bearings/token-store-postgres';
import { Pool } from 'pg';

const pool = new Pool({ connectionString: process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test' });
const query = async (text: string, values: readonly unknown[]) => pool.query(text, [...values]);
await createTokenTable({ query }); // or in a migration
const clientSecret = process.env['ORDERS_SECRET'] ?? '';
const storeKeys = { current: '2026-11', keys: { '2026-11': process.env['TOKEN_KEY'] ?? '' } }; // openssl rand -base64 32
const store = postgresTokenStore({ query });

const config = { issuerUrl: 'https://id.internal', clientId: 'billing', clientSecret, store, storeKeys };
const token = await orThrow(Token.create(config));
console.log(token.status().state);
await pool.end();
