import { signal } from '@preact/signals';
import type { JSX } from 'preact';

/** The pane that a narrow window shows. */
export const pane = signal<'form' | 'side'>('form');

/** Chooses the pane on a narrow window; hidden on a wide one, where both are shown. */
export function PaneSwitch({ names }: { readonly names: readonly [string, string] }): JSX.Element {
  return (
    <div class="seg pane-switch" role="group" aria-label="Pane">
      {(['form', 'side'] as const).map((each, place) => (
        <button
          key={each}
          type="button"
          aria-pressed={pane.value === each}
          onClick={(event) => {
            pane.value = each;
            const root = event.currentTarget.closest('.work');
            requestAnimationFrame(() => {
              const buttons = [...(root?.querySelectorAll<HTMLElement>(`.pane-switch [aria-pressed="true"]`) ?? [])];
              buttons.find(({ offsetParent }) => offsetParent !== null)?.focus();
            });
          }}
        >
          {names[place]}
        </button>
      ))}
    </div>
  );
}
