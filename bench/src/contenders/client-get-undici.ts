import type { Contender } from '../contender.ts';
import { kyDoor, onUndici } from './bearings.ts';

export const open = async (origin: string): Promise<Contender> => kyDoor(origin, await onUndici());
