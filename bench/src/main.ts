import { writeFile } from 'node:fs/promises';
import { barTable } from './bars.ts';
import type { Findings } from './bars.ts';
import { undiciLayer } from './contenders/undici-layer.ts';
import { counts } from './counts.ts';
import { loopback } from './loopback.ts';
import { machine } from './machine.ts';
import { memory } from './memory.ts';
import { micro } from './micro.ts';
import { profile } from './profile.ts';
import { readSettings } from './settings.ts';
import type { Settings } from './settings.ts';
import { render } from './table.ts';

const parts: Readonly<Record<string, (settings: Settings) => Promise<Findings>>> = { micro, loopback, counts, memory };

const settings = readSettings(process.argv.slice(2));
const [first, contender = ''] = settings.parts;
if (first === 'profile') for (const table of await profile(contender, settings)) console.log(`${render(table)}\n`);
else await measure(settings.parts.length === 0 ? Object.keys(parts) : settings.parts);

async function measure(names: readonly string[]): Promise<void> {
  const began = machine();
  console.log(`${began.cpu}, ${began.cores} cores, node ${began.node}, ${began.at}\n`);
  if ((await undiciLayer()) === undefined) console.log('@bearings/undici has no withUndici: its rows are left out.\n');
  const found = new Map<string, Findings>();
  for (const name of names) {
    const part = parts[name];
    if (part === undefined) throw new Error(`There is no part ${name}, only ${Object.keys(parts).join(', ')}, profile`);
    const findings = await part(settings);
    found.set(name, findings);
    for (const table of findings.tables) console.log(`${render(table)}\n`);
  }
  const verdicts = [...found.values()].flatMap((findings) => findings.verdicts);
  console.log(render(barTable(verdicts)));
  const { rounds, seconds, extent } = settings;
  const samples = Object.fromEntries([...found].map(([name, findings]) => [name, findings.samples]));
  const results = { machine: began, settings: { rounds, seconds, extent }, verdicts, samples };
  await writeFile(settings.jsonFile, `${JSON.stringify(results, undefined, 2)}\n`);
  if (settings.isStrict && verdicts.some(({ isMet }) => !isMet)) process.exitCode = 1;
}
