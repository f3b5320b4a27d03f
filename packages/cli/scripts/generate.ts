import { mkdirSync, writeFileSync } from 'node:fs';
import { generateFiles } from './generated.ts';

mkdirSync(new URL('../man/', import.meta.url), { recursive: true });
for (const [path, text] of Object.entries(generateFiles())) writeFileSync(new URL(path, import.meta.url), text);
