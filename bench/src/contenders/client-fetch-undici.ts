import type { Contender } from '../contender.ts';
import { openClientFetch, onUndici } from './bearings.ts';

export const open = async (origin: string): Promise<Contender> => openClientFetch(origin, await onUndici());
