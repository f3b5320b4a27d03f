import type { Contender } from '../contender.ts';
import { kyDoor } from './bearings.ts';

export const open = (origin: string): Promise<Contender> => kyDoor(origin, []);
