import { closestName } from '@bearings/client/layer';

/** The field that was probably meant, or `undefined`. A secret in a config is a field whose name ends in `Ref`. */
export function closestField(name: string, names: readonly string[]): string | undefined {
  return names.includes(`${name}Ref`) ? `${name}Ref` : closestName(name, names);
}
