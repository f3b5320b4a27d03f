import { writeFileSync } from 'node:fs';
import { files } from './generated.ts';

for (const [path, text] of Object.entries(files())) writeFileSync(new URL(path, import.meta.url), text);
