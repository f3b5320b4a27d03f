import type { Contender } from '../contender.ts';
import { fetchDoor } from './bearings.ts';

export const open = (origin: string): Promise<Contender> => fetchDoor(origin, []);
