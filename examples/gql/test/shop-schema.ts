import { createRequire } from 'node:module';
import type { buildSchema as BuildSchema, GraphQLFieldResolver, GraphQLObjectType, GraphQLSchema } from 'graphql';

/** The copy that servers in node_modules load: the test runner loads another for the sources, and a schema belongs to one. */
const { buildSchema }: { readonly buildSchema: typeof BuildSchema } = createRequire(import.meta.url)('graphql');

const names = ['A lamp', 'A chair', 'A table', 'A sofa', 'A bed'];

/**
 * Five products behind a connection, and a subscription with two events for each connection.
 *
 * @param onLast - called after the second event
 */
export function createShopSchema(onLast: (connection: number) => void | Promise<void>): GraphQLSchema {
  const schema = buildSchema(/* GraphQL */ `
    type Query {
      products(first: Int = 2, after: String): ProductConnection!
      stuck(after: String): ProductConnection!
      product(id: ID!): Product
    }
    type Subscription {
      ticks: String!
    }
    type ProductConnection {
      nodes: [Product!]!
      pageInfo: PageInfo!
    }
    type PageInfo {
      hasNextPage: Boolean!
      endCursor: String
    }
    type Product {
      id: ID!
      name: String!
    }
  `);
  resolve(schema.getQueryType(), 'product', (_, { id }) => findProduct(Number((id as string).replace('p-', '')) - 1));
  resolve(schema.getQueryType(), 'stuck', () => page(1, 0));
  resolve(schema.getQueryType(), 'products', (_, { first, after }) =>
    page(Number(first), typeof after === 'string' ? Number(after.replace('after-', '')) : 0),
  );
  let connections = 0;
  const ticks = schema.getSubscriptionType()?.getFields()['ticks'];
  if (ticks === undefined) throw new TypeError('The schema has no subscription');
  ticks.subscribe = async function* subscribe() {
    connections += 1;
    const connection = connections;
    yield { ticks: `${connection}.1` };
    yield { ticks: `${connection}.2` };
    await onLast(connection);
  };
  return schema;
}

type Arguments = Readonly<Record<string, unknown>>;

function resolve(
  type: GraphQLObjectType | null | undefined,
  name: string,
  resolver: GraphQLFieldResolver<unknown, unknown, Arguments>,
): void {
  const field = type?.getFields()[name];
  if (field === undefined) throw new TypeError(`The schema has no ${name}`);
  field.resolve = resolver;
}

const findProduct = (index: number): object => ({ id: `p-${index + 1}`, name: names[index] });

const page = (first: number, start: number): object => ({
  nodes: names.slice(start, start + first).map((_, place) => findProduct(start + place)),
  pageInfo: { hasNextPage: start + first < names.length, endCursor: `after-${start + first}` },
});
