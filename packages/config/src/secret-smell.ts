/** True for the name of a header or a parameter whose value would be a secret. */
export function smellsOfSecret(name: string): boolean {
  return /^(?:proxy-)?authorization$|^cookie$|pass(?:word|wd|phrase)|secret|api[-_]?key|private[-_]?key|credential|(?:^|[-_])(?:token|assertion)$/i.test(
    name,
  );
}
