import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { JSX } from 'preact';
import type { TokenRow } from '../../src/status/status-snapshot.ts';
import { Icon } from '../parts/icon.tsx';
import { rowState } from './row-state.ts';
import { TokenTableRow } from './token-row.tsx';

/** By what the table is sorted. */
export const sorting = signal<{ readonly by: SortKey; readonly isDown: boolean }>({ by: 'left', isDown: false });

type SortKey = 'state' | 'name' | 'left' | 'renewals' | 'rotations';

const severity = ['expired', 'none', 'rejected', 'stale', 'renewing', 'fresh', 'static', 'closed'];

/** Sorts rows; those that are equal stay in the order of their names. */
export function sortRows(rows: readonly TokenRow[], now: number): readonly TokenRow[] {
  const { by, isDown } = sorting.value;
  const keys = new Map(rows.map((row) => [row.name, sortKey(row, by, now)]));
  const sign = isDown ? -1 : 1;
  return rows.toSorted((one, other) => {
    const [left = 0, right = 0] = [keys.get(one.name), keys.get(other.name)];
    const order = left < right ? -1 : left > right ? 1 : 0;
    return order === 0 ? one.name.localeCompare(other.name) : order * sign;
  });
}

function sortKey(row: TokenRow, by: SortKey, now: number): number | string {
  if (by === 'name') return row.name;
  if (by === 'renewals' || by === 'rotations') return row[by];
  const { word, leftMs } = rowState(row, now);
  return by === 'state' ? severity.indexOf(word) : leftMs;
}

const columns: readonly { readonly key?: SortKey; readonly title: string; readonly style: string }[] = [
  { key: 'state', title: 'State', style: 'w-state' },
  { key: 'name', title: 'Token', style: 'w-tok' },
  { key: 'left', title: 'Until unauthenticated', style: 'w-left' },
  { title: 'Renews in', style: 'w-ren' },
  { key: 'renewals', title: 'Renewals', style: 'w-n r c-opt' },
  { key: 'rotations', title: 'Rotations', style: 'w-n r c-opt' },
  { title: 'Last failure, and what to do', style: 'c-fail' },
  { title: 'From', style: 'w-src c-opt' },
];

/** The head of the table, whose columns sort it. */
export function TableHead(): JSX.Element {
  const { by, isDown } = sorting.value;
  return (
    <thead>
      <tr>
        {columns.map(({ key, title, style }) => (
          <th
            key={title}
            class={style}
            scope="col"
            aria-sort={key === by ? (isDown ? 'descending' : 'ascending') : undefined}
          >
            {key === undefined ? (
              title
            ) : (
              <button type="button" onClick={() => (sorting.value = { by: key, isDown: key === by && !isDown })}>
                {title}
                {key === by ? <Icon name="down" tone={isDown ? 'upside' : ''} /> : null}
              </button>
            )}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** More rows than this are not all in the page: only those that can be seen, and some around them. */
const maxRows = 200;
const around = 12;
const visible = signal({ first: 0, last: 60 });

/** The rows, each with the same height, so that nothing moves and those out of sight can be left out. */
export function TokenTable(props: {
  readonly rows: readonly TokenRow[];
  readonly now: number;
  readonly chosen: string;
  readonly isOld: boolean;
}): JSX.Element {
  const { rows, now, chosen, isOld } = props;
  const box = useRef<HTMLDivElement>(null);
  const isAll = rows.length <= maxRows;
  const look = (): void => {
    const element = box.current;
    if (element === null || isAll) return;
    const height = rowHeight(element);
    const first = Math.max(0, Math.floor(element.scrollTop / height) - around);
    const last = Math.ceil((element.scrollTop + element.clientHeight) / height) + around;
    const { value } = visible;
    if (first !== value.first || last !== value.last) visible.value = { first, last };
  };
  useEffect(look, [rows.length]);
  const [first, last] = isAll ? [0, rows.length] : [visible.value.first, Math.min(rows.length, visible.value.last)];
  return (
    <div
      class="table-box"
      tabIndex={0}
      role="region"
      aria-label="Tokens"
      ref={box}
      onScroll={look}
      onKeyDown={moveRows}
    >
      <table class={`tokens${isOld ? ' is-old' : ''}`} aria-rowcount={rows.length}>
        <caption class="vh">Tokens of the service</caption>
        <TableHead />
        <tbody>
          <Spacer rows={first} />
          {rows.slice(first, last).map((row) => (
            <TokenTableRow key={row.name} row={row} now={now} isChosen={row.name === chosen} />
          ))}
          <Spacer rows={rows.length - last} />
        </tbody>
      </table>
    </div>
  );
}

function rowHeight(box: HTMLElement): number {
  return box.querySelector('tbody tr:not(.spacer)')?.getBoundingClientRect().height || 48;
}

/** As high as the rows that are left out. Rows of a table take a height without a style attribute: from an SVG. */
function Spacer({ rows }: { readonly rows: number }): JSX.Element | null {
  if (rows <= 0) return null;
  return (
    <tr class="spacer" aria-hidden="true">
      <td colSpan={8}>
        <svg width="1" height={rows * 48} />
      </td>
    </tr>
  );
}

/** ↑ and ↓ move between the rows. */
function moveRows(event: KeyboardEvent & { readonly currentTarget: EventTarget & HTMLElement }): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const names = [...event.currentTarget.querySelectorAll<HTMLElement>('.tokname')];
  const place = names.findIndex((each) => each === document.activeElement);
  if (place < 0) return;
  event.preventDefault();
  names[place + (event.key === 'ArrowDown' ? 1 : -1)]?.focus();
}
