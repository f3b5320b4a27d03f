import type { RequestListener } from 'node:http';
import type { GraphQLSchema } from 'graphql';

/** What is used of graphql-yoga. Its own types bring those of browsers into every file of a program. */
interface Yoga {
  readonly createYoga: (options: object) => RequestListener;
}

interface PersistedQueries {
  readonly useAPQ: () => object;
}

/** A GraphQL server of another project: yoga, with its plugin for automatic persisted queries if it is asked for. */
export async function yogaListener(schema: GraphQLSchema, knowsHashes: boolean): Promise<RequestListener> {
  const { createYoga }: Yoga = await importModule('graphql-yoga');
  const { useAPQ }: PersistedQueries = await importModule('@graphql-yoga/plugin-apq');
  return createYoga({ schema, logging: false, plugins: knowsHashes ? [useAPQ()] : [] });
}

/** Without the module's types: the compiler does not follow a name that is a variable. */
const importModule = (name: string) => import(name);
