import { z } from 'zod';
import type { SecretKind } from './secret-reference.ts';

/** The schemas that are references, and the kind of secret. `readDocument` uses it to find references. */
export const secretKinds = z.registry<{ readonly kind: SecretKind }>();

const pattern = '^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$';

/** A field with a reference to a secret: `env:NAME` or `file:/path`. {@link readDocument} checks that the secret exists. */
export const secretReference: z.ZodString = z
  .string()
  .register(secretKinds, { kind: 'secret' })
  .meta({ pattern, examples: ['env:ORDERS_SECRET', 'file:/run/secrets/orders'] });

/** A field with a reference to a private key, PEM or JWK. See {@link secretReference}. */
export const keyReference: z.ZodString = z
  .string()
  .register(secretKinds, { kind: 'key' })
  .meta({ pattern, examples: ['file:/run/secrets/orders.pem'] });
