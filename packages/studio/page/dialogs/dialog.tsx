import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { closeDialog } from './dialog-state.ts';

/** A modal dialog. Escape closes it, and focus goes back to what opened it. */
export function Dialog(props: {
  readonly title: string;
  readonly subtitle: ComponentChildren;
  readonly isWarning?: boolean;
  readonly foot: ComponentChildren;
  readonly children: ComponentChildren;
}): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>('footer .primary')?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby="dialog-title" onClose={closeDialog}>
      <header>
        {props.isWarning === true ? <Icon name="warn" tone="warn" /> : null}
        <div class="grow">
          <h1 id="dialog-title">{props.title}</h1>
          <p>{props.subtitle}</p>
        </div>
        <button class="btn ghost icon" type="button" aria-label="Close" onClick={closeDialog}>
          <Icon name="cross" />
        </button>
      </header>
      <div class="dialog-body" tabIndex={0} role="region" aria-label="What changes">
        {props.children}
      </div>
      <footer>{props.foot}</footer>
    </dialog>
  );
}
