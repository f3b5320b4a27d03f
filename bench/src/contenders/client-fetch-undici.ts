import type { Contender } from '../contender.ts';
import { fetchDoor, onUndici } from './bearings.ts';

export const open = async (origin: string): Promise<Contender> => fetchDoor(origin, await onUndici());
