import type { ComponentChildren, JSX } from 'preact';
import { Icon } from './icon.tsx';

/** Settings that are seldom looked at, behind a click. What is in them shows in the summary. */
export function More(props: {
  readonly title: string;
  readonly sum: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <details class="more">
      <summary>
        <Icon name="right" />
        <h2>{props.title}</h2>
        <span class="sum">{props.sum}</span>
      </summary>
      <div class="section more-body">{props.children}</div>
    </details>
  );
}
