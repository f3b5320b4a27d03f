import { clientMutants } from './client.ts';
import { undiciMutants } from './undici.ts';
import { oauthBearerMutants } from './oauth-bearer.ts';
import { userTokensMutants } from './user-tokens.ts';
import type { Mutant } from './mutant.ts';

export const mutants: readonly Mutant[] = [
  ...clientMutants,
  ...undiciMutants,
  ...oauthBearerMutants,
  ...userTokensMutants,
];
