import { expect, test } from 'vitest';
import { createTokenTable, postgresTokenStore } from '../src/index.ts';

const query = async () => ({ rows: [] });

test.each(['tokens; DROP TABLE users', '"tokens"', 'a.b.c', ''])('the table name %j is refused', async (table) => {
  expect(() => postgresTokenStore({ query, table })).toThrow(
    expect.objectContaining({ code: 'CONFIG', field: 'table' }),
  );
  await expect(createTokenTable({ query, table })).rejects.toThrow('schema.name');
});

test('a misspelt option is a clear error', () => {
  const options = { query, tabel: 'tokens' };

  expect(() => postgresTokenStore(options)).toThrow(/table/);
});

test('a table in a schema is used by its whole name', async () => {
  const sent: string[] = [];
  const record = async (text: string) => {
    sent.push(text);
    return { rows: [] };
  };

  await createTokenTable({ query: record, table: 'app.tokens' });

  expect(sent).toEqual([expect.stringMatching(/^CREATE TABLE IF NOT EXISTS app\.tokens \(/)]);
});
