import { systemClock } from '@bearings/client';
import type { Clock } from '@bearings/client';
import {
  clockRule,
  checkOptions,
  functionRule,
  listRule,
  objectRule,
  stringRule,
  anyRule,
} from '@bearings/client/layer';
import type { OptionRules } from '@bearings/client/layer';
import { Library } from './documents/library.ts';
import type { DocumentSet } from './documents/library.ts';
import { documentRoutes } from './routes/document-routes.ts';
import { eventRoute } from './routes/event-routes.ts';
import { networkRoutes } from './routes/network-routes.ts';
import { loadPageAssets } from './server/page-assets.ts';
import type { PageAssets } from './server/page-assets.ts';
import type { EventSink } from './server/respond.ts';
import { startServer } from './server/studio-server.ts';
import { watchedService } from './watch/watched-service.ts';

/** Options of `createStudio`. */
export interface StudioOptions {
  /** What the page shows and writes. */
  readonly documents: readonly DocumentSet[];
  /** The URL of a `statusHandler`. Default: none; the page says how to mount one. */
  readonly watch?: string | undefined;
  /** Default: a free one. */
  readonly port?: number | undefined;
  /** The command that starts the studio again, for the page that has ended. Default: `bearings studio`. */
  readonly command?: string | undefined;
  /** The network for discovery, probes and the service. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly clock?: Clock | undefined;
}

/** A studio that runs. */
export interface Studio extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** The URL to open. It works once. */
  readonly url: string;
  /** Resolves when the studio has ended after 30 minutes without a request, or was closed. */
  readonly ended: Promise<void>;
}

const rules: OptionRules<StudioOptions> = {
  documents: listRule(objectRule),
  watch: stringRule,
  port: anyRule,
  command: stringRule,
  fetch: functionRule,
  clock: clockRule,
};

const idleMinutes = 30;

/**
 * Starts the studio on 127.0.0.1. Dispose it to free the port; it ends after 30 minutes without a request.
 *
 * @throws ConfigError for an option that is unknown or wrong
 */
export async function createStudio(options: StudioOptions): Promise<Studio> {
  checkOptions(options, rules, { owner: 'createStudio' });
  return openStudio(options, await loadPageAssets());
}

/** The same with the files of the page. */
export async function openStudio(options: StudioOptions, assets: PageAssets): Promise<Studio> {
  const {
    documents,
    watch,
    port = 0,
    command = 'bearings studio',
    fetch = globalThis.fetch,
    clock = systemClock,
  } = options;
  const library = new Library(documents);
  const service = watch === undefined ? undefined : watchedService({ url: watch, fetch, clock });
  const sinks = new Set<EventSink>();
  const ended = Promise.withResolvers<void>();
  const routes = new Map([
    ...documentRoutes(library, { watch, command, idleMinutes }),
    ...networkRoutes({ fetch, clock }),
    eventRoute({ library, clock, service, sinks }),
  ]);
  const close = async (): Promise<void> => {
    for (const sink of sinks) sink.end();
    await server.close();
    ended.resolve();
  };
  const end = async (): Promise<void> => {
    for (const sink of sinks) sink.send('ended', {});
    await close();
  };
  const onIdle = (): void => void end(); // never rejects
  const server = await startServer({ routes, assets, port, idleMs: idleMinutes * 60_000, clock, onIdle });
  return { origin: server.origin, url: server.url, ended: ended.promise, [Symbol.asyncDispose]: close };
}
