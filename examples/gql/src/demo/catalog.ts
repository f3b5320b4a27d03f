import { buildSchema, graphql, GraphQLError } from 'graphql';
import type { ExecutionResult } from 'graphql';
import { z } from 'zod';

const schema = buildSchema(`
  type Query {
    product(id: ID!): Product
    products(first: Int = 3): [Product!]!
  }
  type Mutation {
    rename(id: ID!, name: String!): Product
  }
  type Product {
    id: ID!
    name: String!
    "In cents. The third product has no known price."
    price: Int
  }
`);

/** The body of a request (GraphQL over HTTP). */
const requestBody = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});

/** A response (GraphQL over HTTP). */
interface CatalogResponse {
  readonly status: number;
  readonly body: ExecutionResult;
}

/** A GraphQL service with three products, on the reference implementation. */
export interface Catalog {
  /** Executes the body of a request. */
  readonly answer: (body: string) => Promise<CatalogResponse>;
}

/** Creates a catalog with three products. */
export function createCatalog(): Catalog {
  const names = ['A lamp', 'A chair', 'A table'];
  const findProduct = (index: number): object | undefined => {
    const name = names[index];
    return name === undefined ? undefined : { id: `p-${index + 1}`, name, price: () => productPrice(index) };
  };
  const rootValue = {
    product: ({ id }: { id: string }) => findProduct(productIndex(id)),
    products: ({ first }: { first: number }) => names.slice(0, first).map((_, index) => findProduct(index)),
    rename({ id, name }: { id: string; name: string }) {
      if (names[productIndex(id)] !== undefined) names[productIndex(id)] = name;
      return findProduct(productIndex(id));
    },
  };
  return {
    async answer(body) {
      const parsed = requestBody.safeParse(tryParseJson(body));
      if (!parsed.success)
        return { status: 400, body: { errors: [new GraphQLError('This is not a GraphQL request')] } };
      const { query: source, operationName, variables } = parsed.data;
      const result = await graphql({ schema, rootValue, source, operationName, variableValues: variables });
      // without data nothing was executed: the request itself was wrong
      return { status: 'data' in result ? 200 : 400, body: result };
    },
  };
}

function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const productIndex = (id: string): number => Number(id.replace('p-', '')) - 1;

function productPrice(index: number): number {
  if (index < 2) return 4_900 + 1_000 * index;
  throw new GraphQLError('The price is not known', { extensions: { code: 'PRICE_UNKNOWN' } });
}
