import { checkOptions } from '@bearings/client/layer';
import type { OptionRules } from '@bearings/client/layer';
import type { DynamicModule, FactoryProvider, ModuleMetadata } from '@nestjs/common';
import { ClientHealth } from './client-health.ts';
import { ClientRegistry } from './client-registry.ts';
import type { ProvidedClient } from './client-registry.ts';
import { clientToken } from './client-token.ts';

export type { ProvidedClient } from './client-registry.ts';

/** Makes one client, at the start of the application. */
export interface ClientProvider {
  /** What the arguments of `useFactory` are injected by. Default: no arguments. */
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory: FactoryProvider<ProvidedClient>['useFactory'];
}

/** Options of `bearingsModule`. */
export interface BearingsModuleOptions {
  /** The clients by name. A function is a `useFactory` without arguments. */
  readonly clients: Readonly<Record<string, ClientProvider | (() => ProvidedClient | Promise<ProvidedClient>)>>;
  /** The modules that provide what is injected into the factories. Default: none. */
  readonly imports?: ModuleMetadata['imports'];
  /** Provides the clients to all modules. Default: `false`, to those that import this module. */
  readonly global?: boolean;
}

/**
 * Makes a module that provides clients, each under `clientToken(name)`, and `ClientHealth`. It closes them and their
 * tokens when the application shuts down.
 *
 * @throws ConfigError when an option is wrong
 */
export function bearingsModule(options: BearingsModuleOptions): DynamicModule {
  checkOptions(options, rules, { owner: 'bearingsModule' });
  const { clients, imports = [], global = false } = options;
  const provided = Object.entries(clients).map(([name, client]) => provideClient(name, client));
  const health: FactoryProvider<ClientHealth> = {
    provide: ClientHealth,
    // the clients are named, so that they are there before the first check
    inject: [ClientRegistry, ...provided.map(({ provide }) => provide)],
    useFactory: (registry: ClientRegistry) => new ClientHealth(registry),
  };
  return {
    module: class BearingsModule {},
    global,
    imports,
    providers: [{ provide: ClientRegistry, useFactory: () => new ClientRegistry() }, ...provided, health],
    exports: [...provided.map(({ provide }) => provide), ClientHealth],
  };
}

function provideClient(name: string, client: BearingsModuleOptions['clients'][string]): FactoryProvider {
  const { inject = [], useFactory } = typeof client === 'function' ? { useFactory: client } : client;
  return {
    provide: clientToken(name),
    inject: [ClientRegistry, ...inject],
    useFactory: async (registry: ClientRegistry, ...dependencies: unknown[]) =>
      registry.add(name, await useFactory(...dependencies)),
  };
}

const isFactory = (value: unknown): boolean =>
  typeof value === 'function' ||
  (typeof value === 'object' && value !== null && 'useFactory' in value && typeof value.useFactory === 'function');

const rules: OptionRules<BearingsModuleOptions> = {
  clients: {
    test: (value) =>
      typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isFactory),
    expected: 'an object of functions, or of objects with `useFactory`',
  },
  imports: { test: Array.isArray, expected: 'a list of modules' },
  global: { test: (value) => typeof value === 'boolean', expected: 'true or false' },
};
