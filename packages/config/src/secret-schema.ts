import { z } from 'zod';
import type { SecretKind } from './secret-reference.ts';

/** Which schemas are references, and to what: how a reader of documents finds them. */
export const secretKinds = z.registry<{ readonly kind: SecretKind }>();

const pattern = '^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$';

/** A field that names a secret: `env:NAME` or `file:/path`. {@link readDocument} checks that it is there. */
export const secretReference: z.ZodString = z
  .string()
  .register(secretKinds, { kind: 'secret' })
  .meta({ pattern, examples: ['env:ORDERS_SECRET', 'file:/run/secrets/orders'] });

/** A field that names a private key, PEM or JWK, as {@link secretReference} names a secret. */
export const keyReference: z.ZodString = z
  .string()
  .register(secretKinds, { kind: 'key' })
  .meta({ pattern, examples: ['file:/run/secrets/orders.pem'] });
