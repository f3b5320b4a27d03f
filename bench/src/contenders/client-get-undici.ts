import type { Contender } from '../contender.ts';
import { openClientGet, onUndici } from './bearings.ts';

export const open = async (origin: string): Promise<Contender> => openClientGet(origin, await onUndici());
