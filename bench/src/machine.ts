import { cpus, loadavg } from 'node:os';

/** The machine and the time of the measurement. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly at: string;
  /** The load average before the bench started. Above 0, other programs were running. */
  readonly loadBefore: number;
}

export function machine(): Machine {
  const all = cpus();
  const [loadBefore = 0] = loadavg();
  const cpu = all[0]?.model ?? 'unknown';
  return { cpu, cores: all.length, node: process.versions.node, at: new Date().toISOString(), loadBefore };
}
