import type { JSX } from 'preact';
import type { TokenRow } from '../../src/status/status-snapshot.ts';
import { go } from '../state/route.ts';
import { Icon } from '../parts/icon.tsx';
import { clockTime, toneIcons } from '../parts/text.tsx';
import { formatLeft, formatLifetime, formatWait, rowState } from './row-state.ts';
import type { RowState } from './row-state.ts';
import { TimeBar } from './time-bar.tsx';

/** `billing at id.internal`. */
function describeOrigin({ from, clientId }: TokenRow): string {
  const host = URL.parse(from)?.host || from;
  return clientId === '' ? host : `${clientId} at ${host}`;
}

/** One token in the table. */
export function TokenTableRow(props: {
  readonly row: TokenRow;
  readonly now: number;
  readonly isChosen: boolean;
}): JSX.Element {
  const { row, now, isChosen } = props;
  const state = rowState(row, now);
  return (
    <tr class={isChosen ? 'sel' : ''}>
      <td>
        <span class={`st ${state.tone}`}>
          <Icon name={state.word === 'static' ? 'check' : toneIcons[state.tone]} />
          {state.word}
        </span>
      </td>
      <td>
        <div class="cell">
          <button class="tokname" type="button" id={`t-${row.name}`} onClick={() => go('live', row.name)}>
            {row.name}
          </button>
          <small>{describeOrigin(row)}</small>
          {row.failure === null ? null : (
            <small class={`only-narrow ${state.tone === 'ok' ? 'warn' : state.tone}`}>
              <Icon name={state.tone === 'bad' ? 'x' : 'warn'} />
              {row.failure.message}
            </small>
          )}
        </div>
      </td>
      <td>
        <TimeLeft row={row} state={state} now={now} />
      </td>
      <td>
        <RenewsIn row={row} state={state} now={now} />
      </td>
      <td class="r c-opt">{state.word === 'static' ? '–' : row.renewals.toLocaleString('en')}</td>
      <td class="r c-opt">{state.word === 'static' ? '–' : row.rotations.toLocaleString('en')}</td>
      <td class="c-fail">
        <Failure row={row} state={state} />
      </td>
      <td class="c-opt">
        <div class="cell">
          <span>{row.isShared ? 'store' : state.word === 'static' ? 'secret' : 'server'}</span>
        </div>
      </td>
    </tr>
  );
}

interface CellProps {
  readonly row: TokenRow;
  readonly state: RowState;
  readonly now: number;
}

function TimeLeft({ row, state, now }: CellProps): JSX.Element {
  const lifetime = (row.expiresAt ?? 0) - (row.issuedAt ?? 0);
  const ended = row.expiresAt === null ? '' : `ended ${formatLeft(now - row.expiresAt)} ago`;
  const words: Readonly<Record<string, string>> = {
    none: 'never had one',
    rejected: 'refused by the API',
    expired: ended,
    static: 'no end',
    closed: 'closed',
  };
  return (
    <>
      <div class="left">
        <b class={state.tone === 'bad' ? 'bad' : ''}>{words[state.word] ?? formatLeft(state.leftMs)}</b>
        <small>{state.leftMs > 0 && state.leftMs < Infinity ? `of ${formatLifetime(lifetime)}` : ''}</small>
      </div>
      <TimeBar row={row} state={state} />
    </>
  );
}

function RenewsIn({ row, state, now }: CellProps): JSX.Element {
  const retryAt = row.failure?.retryAt ?? null;
  const cell = (first: string, second = ''): JSX.Element => (
    <div class="cell">
      <span>{first}</span>
      <small>{second}</small>
    </div>
  );
  if (state.word === 'static' || state.word === 'closed') return cell('never');
  if (row.failure !== null && retryAt === null) return cell('not automatically');
  if (retryAt !== null)
    return cell('tries again', retryAt > now ? `in ${formatWait(retryAt - now)}` : 'at its next use');
  if (row.renewsAt === null) return cell('at its next use');
  if (row.renewsAt <= now) return cell('now');
  return cell(formatLeft(row.renewsAt - now), `at ${clockTime(row.renewsAt)}`);
}

function Failure({ row: { failure }, state }: Omit<CellProps, 'now'>): JSX.Element {
  if (failure === null) {
    return (
      <>
        <span class="faint">–</span>
        <span class="vh">no failure</span>
      </>
    );
  }
  const times = failure.count > 1 ? `, ${failure.count} times` : '';
  return (
    <div class="fail">
      <Icon name={state.tone === 'bad' ? 'x' : 'warn'} tone={state.tone === 'bad' ? 'bad' : 'warn'} />
      <span title={failure.message}>
        {failure.message}
        {times}
      </span>
      <span class="fix" title={failure.remedy}>
        → {failure.remedy}
      </span>
    </div>
  );
}
