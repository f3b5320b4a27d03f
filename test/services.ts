import { connect } from 'node:net';

/**
 * Servers that tests use when they are there: the tests are skipped by name where they are not. In CI the variable
 * `BEARINGS_REQUIRE_…` is set to 1, and a missing server is a failure.
 */
interface Service {
  readonly name: string;
  readonly url: string;
  /** True when something listens there. */
  readonly isThere: boolean;
}

export const redis: Service = await findService('REDIS', 'redis://127.0.0.1:6379');
export const postgres: Service = await findService('POSTGRES', 'postgres://postgres@127.0.0.1:5432/test');

/** @throws Error when the service is required and not there */
async function findService(name: string, defaultUrl: string): Promise<Service> {
  const url = process.env[`BEARINGS_${name}_URL`] ?? defaultUrl;
  const { hostname, port } = new URL(url);
  const isThere = await listens(hostname, Number(port || new URL(defaultUrl).port));
  if (!isThere && process.env[`BEARINGS_REQUIRE_${name}`] === '1') {
    throw new Error(`BEARINGS_REQUIRE_${name} is set, and nothing listens at ${hostname}:${port}`);
  }
  return { name, url, isThere };
}

async function listens(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ host, port, timeout: 2_000 });
  socket.on('connect', () => resolve(true));
  socket.on('error', () => resolve(false));
  socket.on('timeout', () => resolve(false));
  const isThere = await promise;
  socket.destroy();
  return isThere;
}
