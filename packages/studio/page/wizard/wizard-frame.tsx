import type { ComponentChildren, JSX } from 'preact';
import { Icon } from '../parts/icon.tsx';
import { cancel } from './wizard-state.ts';

/** A question, and one line about it. */
export function Question({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <h1 class="big">{title}</h1>
      <p class="muted">{children}</p>
    </div>
  );
}

/** Cancel, back, and the one way forward. */
export function WizardFoot(props: {
  readonly id: string;
  readonly next: string;
  readonly isReady: boolean;
  readonly onBack?: () => void;
  readonly onNext: () => void;
  readonly other?: ComponentChildren;
}): JSX.Element {
  return (
    <div class="wizard-foot">
      <button type="button" class="btn ghost" onClick={() => cancel(props.id)}>
        Cancel
      </button>
      <span class="grow" />
      {props.other}
      {props.onBack === undefined ? null : (
        <button type="button" class="btn second" onClick={props.onBack}>
          Back
        </button>
      )}
      <button
        type="submit"
        class="btn primary"
        aria-disabled={!props.isReady}
        onClick={() => {
          if (props.isReady) props.onNext();
        }}
      >
        {props.next} <Icon name="arrow" />
      </button>
    </div>
  );
}
