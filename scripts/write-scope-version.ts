/** Writes the version of @bearings/opentelemetry, after `changeset version`, where its spans and metrics name it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../packages/opentelemetry');
const { version }: { version: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const file = join(folder, 'src/instrumentation-scope.ts');
writeFileSync(file, readFileSync(file, 'utf8').replace(/version: '[^']*'/, `version: '${version}'`));
