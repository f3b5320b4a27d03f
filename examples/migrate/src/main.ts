import { runScene } from './scene.ts';
import { formatRow, header } from './table.ts';
import { bearings, before, kept } from './ways.ts';

console.log(header);
for (const way of [...before, ...kept, bearings]) console.log(formatRow(way.name, await runScene(way.connect, way)));
