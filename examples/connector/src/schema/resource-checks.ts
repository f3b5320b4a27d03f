import type { z } from 'zod';

/** The fields of a resource that belong together. */
interface CheckedResource {
  readonly name: string;
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly body?: unknown;
  readonly parent?: { readonly resource: string; readonly values: Readonly<Record<string, string>> } | undefined;
  readonly incremental?: { readonly param: string } | undefined;
  readonly paging: { readonly type: string; readonly param?: string; readonly sizeParam?: string };
}

type Context = z.core.ParsePayload<readonly CheckedResource[]>;

/** Reports a problem of one field. */
type Report = (path: readonly PropertyKey[], message: string) => void;

const reportTo =
  ({ issues, value }: Context): Report =>
  (path, message) =>
    void issues.push({ code: 'custom', input: value, path: [...path], message });

/** Each parent is a resource, no resource is its own ancestor, and each `{name}` of a path has a value. */
export function checkParents(context: Context): void {
  const report = reportTo(context);
  for (const [index, resource] of context.value.entries()) {
    if (resource.parent !== undefined) checkParent(context.value, index, report);
    const known = new Set(
      ancestors(context.value, resource).flatMap(({ parent }) => Object.keys(parent?.values ?? {})),
    );
    for (const [, name = ''] of resource.path.matchAll(/\{(\w+)\}/g)) {
      if (!known.has(name))
        report([index, 'path'], `must have only names that parent.values has, and {${name}} is none`);
    }
  }
}

function checkParent(list: readonly CheckedResource[], index: number, report: Report): void {
  const resource = list[index];
  const name = resource?.parent?.resource ?? '';
  const at = [index, 'parent', 'resource'];
  if (!list.some((each) => each.name === name)) report(at, 'must be the name of another resource of this source');
  else if (ancestors(list, resource).at(-1)?.parent !== undefined) report(at, 'must not be a parent of itself');
  if (resource?.incremental !== undefined) {
    report([index, 'incremental'], 'must not be set with parent: its records are pulled for each parent again');
  }
}

/** A resource and its parents; ends after the first round of a circle. */
function ancestors(
  list: readonly CheckedResource[],
  resource: CheckedResource | undefined,
): readonly CheckedResource[] {
  const found: CheckedResource[] = [];
  for (let at = resource; at !== undefined && found.length <= list.length;) {
    found.push(at);
    const name: string | undefined = at.parent?.resource;
    at = list.find((each) => each.name === name);
  }
  return found;
}

/** Only a POST has a body, and only in a body can a pointer be set. */
export function checkBodies(context: Context): void {
  const report = reportTo(context);
  for (const [index, { method, body, paging, incremental }] of context.value.entries()) {
    if (method === 'POST') continue;
    if (body !== undefined) report([index, 'body'], 'must be left out, or method must be POST');
    const targets = [
      [['paging', 'param'], paging.param],
      [['paging', 'sizeParam'], paging.sizeParam],
      [['incremental', 'param'], incremental?.param],
    ] as const;
    for (const [path, target] of targets) {
      if (target?.startsWith('/') === true)
        report(
          [index, ...path],
          'must be a query parameter or header:Name, because a pointer into the body needs method: POST',
        );
    }
  }
}
