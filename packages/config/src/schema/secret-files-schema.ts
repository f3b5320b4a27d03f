import { z } from 'zod';

/** The schema of `secretFiles`. */
export const secretFilesSchema = z
  .strictObject({
    readableByOthers: z
      .boolean()
      .optional()
      .describe(
        'Allows secret files that other users can read, for a machine on which no other user has an account. One that they can ' +
          'write is refused.',
      )
      .meta({ default: false }),
  })
  .describe('Which files with secrets may be used.');

/** Which files with secrets may be used. */
export type SecretFilesConfig = z.output<typeof secretFilesSchema>;

/** The setting of a document that is not checked yet. */
export function readableByOthers(document: unknown): boolean {
  const read = z.looseObject({ secretFiles: secretFilesSchema.optional() }).safeParse(document);
  return read.data?.secretFiles?.readableByOthers === true;
}
