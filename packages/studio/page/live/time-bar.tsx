import type { JSX } from 'preact';
import type { TokenRow } from '../../src/status/status-snapshot.ts';
import type { RowState } from './row-state.ts';

/** The time left of a lifetime. The notch is where renewal begins. SVG, because a style attribute is not allowed. */
export function TimeBar({ row, state }: { readonly row: TokenRow; readonly state: RowState }): JSX.Element | null {
  const { issuedAt, expiresAt, renewsAt } = row;
  if (state.leftMs === Infinity) return null;
  const lifetime = Math.max(1, (expiresAt ?? 0) - (issuedAt ?? 0));
  const share = Math.min(100, Math.max(state.leftMs > 0 ? 1 : 0, Math.round((state.leftMs / lifetime) * 100)));
  const notch =
    renewsAt === null || expiresAt === null ? undefined : Math.round(((expiresAt - renewsAt) / lifetime) * 100);
  const fill =
    state.tone === 'ok' ? 'f-ok' : state.tone === 'warn' ? 'f-warn' : state.tone === 'bad' ? 'f-bad' : 'f-off';
  return (
    <svg class="bar" aria-hidden="true" preserveAspectRatio="none">
      <rect class="track" width="100%" height="6" />
      {share === 0 ? null : <rect class={fill} width={`${share}%`} height="6" rx="3" />}
      {notch === undefined || state.leftMs === 0 || notch > 98 ? null : (
        <rect class="tick" x={`${notch}%`} width="2" height="6" />
      )}
    </svg>
  );
}
