import type { Contender } from '../contender.ts';
import { openClientGet } from './bearings.ts';

export const open = (origin: string): Promise<Contender> => openClientGet(origin, []);
