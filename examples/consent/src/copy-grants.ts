import { DatabaseSync } from 'node:sqlite';
import { postgresStore } from '@bearings/user-tokens';
import type { PostgresQuery } from '@bearings/user-tokens';

/**
 * Copies the grants of a SQLite file into PostgreSQL, sealed as they are. Stop every process that uses the file first: a
 * refresh after the copy would make the copied tokens useless. Safe to run again.
 */
export async function copyGrants(path: string, query: PostgresQuery): Promise<number> {
  await postgresStore({ query }).open(); // creates the tables
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const rows = database.prepare('SELECT * FROM bearings_grants').all();
    for (const row of rows) {
      const columns = Object.keys(row).join(', ');
      const places = Object.keys(row).map((_, at) => `$${at + 1}`);
      const insert = `INSERT INTO bearings_grants (${columns}) VALUES (${places.join(', ')}) ON CONFLICT DO NOTHING`;
      await query(insert, Object.values(row));
    }
    return rows.length;
  } finally {
    database.close();
  }
}
