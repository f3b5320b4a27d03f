import { createClientTest } from '@bearings/cli/client-test';
import { clientKind, createStudio } from '@bearings/studio';
import type { Studio } from '@bearings/studio';
import { connectorKind } from './connector-kind.ts';
import { writeFiles } from './files.ts';
import type { Files } from './files.ts';
import { startServers } from './servers.ts';
import type { Servers } from './servers.ts';
import { startService } from './service.ts';
import type { Service } from './service.ts';

/** All that runs, and is disposed of together. */
export interface Demo extends AsyncDisposable {
  readonly servers: Servers;
  readonly files: Files;
  readonly service: Service;
  readonly studio: Studio;
}

/** Real servers, a service with six tokens in different health, and the studio on top. */
export async function openDemo(): Promise<Demo> {
  await using started = new AsyncDisposableStack();
  const servers = started.use(await startServers());
  const files = started.use(await writeFiles(servers));
  const service = started.use(await startService(servers));
  const { env } = servers;
  const studio = started.use(
    await createStudio({
      documents: [
        { kind: 'clients', file: files.config, rules: await clientKind({ env, test: createClientTest({ env }) }) },
        { kind: 'connectors', folder: files.connectors, rules: await connectorKind(env) },
      ],
      watch: service.statusUrl,
    }),
  );
  const all = started.move();
  return { servers, files, service, studio, [Symbol.asyncDispose]: () => all.disposeAsync() };
}
