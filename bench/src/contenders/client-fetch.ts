import type { Contender } from '../contender.ts';
import { openClientFetch } from './bearings.ts';

export const open = (origin: string): Promise<Contender> => openClientFetch(origin, []);
