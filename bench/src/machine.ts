import { cpus, loadavg } from 'node:os';

/** Where and when the numbers were taken. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly at: string;
  /** How busy it was before the bench began: above 0, others were at work. */
  readonly loadBefore: number;
}

export function machine(): Machine {
  const all = cpus();
  const [loadBefore = 0] = loadavg();
  const cpu = all[0]?.model ?? 'unknown';
  return { cpu, cores: all.length, node: process.versions.node, at: new Date().toISOString(), loadBefore };
}
