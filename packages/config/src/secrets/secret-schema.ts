import { z } from 'zod';
import type { NamedFileKind } from './named-file.ts';
import type { SecretKind } from './secret-reference.ts';

/** What a field names: a secret by its reference, or a file by its path. */
export type ReferenceKind = SecretKind | NamedFileKind;

/** The schemas that are references, and what they name. `readDocument` uses it to find references. */
export const referenceKinds = z.registry<{ readonly kind: ReferenceKind }>();

const pattern = '^(?:env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$';

const reference = (kind: SecretKind, ...examples: readonly string[]): z.ZodString =>
  z
    .string()
    .register(referenceKinds, { kind })
    .meta({ pattern, examples: [...examples] });

/** A field with a reference to a secret: `env:NAME` or `file:/path`. {@link readDocument} checks that the secret exists. */
export const secretReference: z.ZodString = reference('secret', 'env:ORDERS_SECRET', 'file:/run/secrets/orders');

/** A field with a reference to a private key, PEM or JWK. See {@link secretReference}. */
export const keyReference: z.ZodString = reference('key', 'file:/run/secrets/orders.pem');

/** A field with a reference to a service-account key of Google, as it is downloaded. See {@link secretReference}. */
export const googleKeyReference: z.ZodString = reference('googleKey', 'file:/run/secrets/google.json');

const namedFile = (kind: NamedFileKind): z.ZodString => z.string().min(1).register(referenceKinds, { kind });

/** A field with the path of a file of certificates. A relative path starts from the folder of the document. */
export const certificateFile: z.ZodString = namedFile('certificateFile');

/** A field with the path of a private key file. See {@link certificateFile}. */
export const keyFile: z.ZodString = namedFile('keyFile');

/** A field with the path of a file with a token. See {@link certificateFile}. */
export const tokenFile: z.ZodString = namedFile('tokenFile');
