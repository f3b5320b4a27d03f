import { writeFileSync } from 'node:fs';
import { generateFiles } from './generated.ts';

for (const [path, text] of Object.entries(generateFiles())) writeFileSync(new URL(path, import.meta.url), text);
