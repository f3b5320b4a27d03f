import { z } from 'zod';
import type { SecretKind } from './secret-reference.ts';
import type { TlsFileKind } from './tls-file.ts';

/** What a field names: a secret by its reference, or a file of TLS by its path. */
export type ReferenceKind = SecretKind | TlsFileKind;

/** The schemas that are references, and what they name. `readDocument` uses it to find references. */
export const referenceKinds = z.registry<{ readonly kind: ReferenceKind }>();

const pattern = '^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$';

/** A field with a reference to a secret: `env:NAME` or `file:/path`. {@link readDocument} checks that the secret exists. */
export const secretReference: z.ZodString = z
  .string()
  .register(referenceKinds, { kind: 'secret' })
  .meta({ pattern, examples: ['env:ORDERS_SECRET', 'file:/run/secrets/orders'] });

/** A field with a reference to a private key, PEM or JWK. See {@link secretReference}. */
export const keyReference: z.ZodString = z
  .string()
  .register(referenceKinds, { kind: 'key' })
  .meta({ pattern, examples: ['file:/run/secrets/orders.pem'] });

const tlsFile = (kind: TlsFileKind): z.ZodString => z.string().min(1).register(referenceKinds, { kind });

/** A field with the path of a file of certificates. A relative path starts from the folder of the document. */
export const certificateFile: z.ZodString = tlsFile('certificateFile');

/** A field with the path of a private key file. See {@link certificateFile}. */
export const keyFile: z.ZodString = tlsFile('keyFile');
