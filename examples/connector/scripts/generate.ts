import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateFiles } from './generate-files.ts';

for (const [name, text] of Object.entries(generateFiles())) {
  await writeFile(join(import.meta.dirname, '..', name), text);
}
