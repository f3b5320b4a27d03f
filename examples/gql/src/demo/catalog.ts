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
    "In cents. The price of the third is not known."
    price: Int
  }
`);

/** GraphQL over HTTP, the body of a request. */
const question = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});

/** An answer in the words of GraphQL over HTTP. */
interface CatalogAnswer {
  readonly status: number;
  readonly body: ExecutionResult;
}

/** Three products, as a GraphQL service that runs on the reference implementation. */
export interface Catalog {
  /** Carries out a request, given its body. */
  readonly answer: (body: string) => Promise<CatalogAnswer>;
}

/** Starts with the same three products each time. */
export function openCatalog(): Catalog {
  const names = ['A lamp', 'A chair', 'A table'];
  const productOf = (index: number): object | undefined => {
    const name = names[index];
    return name === undefined ? undefined : { id: `p-${index + 1}`, name, price: () => priceOf(index) };
  };
  const rootValue = {
    product: ({ id }: { id: string }) => productOf(indexOf(id)),
    products: ({ first }: { first: number }) => names.slice(0, first).map((_, index) => productOf(index)),
    rename({ id, name }: { id: string; name: string }) {
      if (names[indexOf(id)] !== undefined) names[indexOf(id)] = name;
      return productOf(indexOf(id));
    },
  };
  return {
    async answer(body) {
      const asked = question.safeParse(jsonIn(body));
      if (!asked.success) return { status: 400, body: { errors: [new GraphQLError('This is no GraphQL request')] } };
      const { query: source, operationName, variables } = asked.data;
      const result = await graphql({ schema, rootValue, source, operationName, variableValues: variables });
      // without data, nothing was carried out: the request itself was wrong
      return { status: 'data' in result ? 200 : 400, body: result };
    },
  };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const indexOf = (id: string): number => Number(id.replace('p-', '')) - 1;

function priceOf(index: number): number {
  if (index < 2) return 4_900 + 1_000 * index;
  throw new GraphQLError('The price service does not know it', { extensions: { code: 'PRICE_UNKNOWN' } });
}
