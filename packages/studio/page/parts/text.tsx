import type { ComponentChildren, JSX } from 'preact';
import { Icon } from './icon.tsx';
import type { IconName } from './icon.tsx';

/** A text whose parts between backticks are code. */
export function Text({ children }: { readonly children: string }): JSX.Element {
  const parts = children.split('`');
  return <>{parts.map((part, place) => (place % 2 === 1 ? <code key={place}>{part}</code> : part))}</>;
}

/** How something is: always with a sign and a word, never by color alone. */
export type Tone = 'ok' | 'warn' | 'bad' | 'off';

export const toneIcons: Readonly<Record<Tone, IconName>> = { ok: 'check', warn: 'warn', bad: 'x', off: 'minus' };

/** A word with its sign. */
export function Sign({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }): JSX.Element {
  return (
    <span class={`sign ${tone}`}>
      <Icon name={toneIcons[tone]} />
      <span>{children}</span>
    </span>
  );
}

/** A small fact beside something. */
export function Badge({
  tone,
  children,
}: {
  readonly tone: Tone | 'accent' | '';
  readonly children: ComponentChildren;
}) {
  return (
    <span class={`badge ${tone}`}>
      {tone === '' || tone === 'accent' ? null : <Icon name={toneIcons[tone]} />}
      {children}
    </span>
  );
}

/** The mark of the studio: a ball bearing. */
function Mark(): JSX.Element {
  const balls = [
    [28, 10],
    [43.6, 19],
    [43.6, 37],
    [28, 46],
    [12.4, 37],
    [12.4, 19],
  ];
  return (
    <svg class="mark" viewBox="0 0 56 56" fill="none" stroke="currentColor" stroke-width="1.5" aria-hidden="true">
      <circle cx="28" cy="28" r="26" />
      <circle cx="28" cy="28" r="10" />
      {balls.map(([x, y]) => (
        <circle key={`${x} ${y}`} cx={x} cy={y} r="4.5" />
      ))}
    </svg>
  );
}

/** A whole screen with one thing to say. */
export function Blank(props: {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly acts?: ComponentChildren;
  readonly foot?: ComponentChildren;
}): JSX.Element {
  return (
    <div class="pane">
      <div class="pane-body">
        <div class="blank">
          <Mark />
          <h1 class="big">{props.title}</h1>
          <p>{props.children}</p>
          {props.acts === undefined ? null : <div class="acts">{props.acts}</div>}
          {props.foot === undefined ? null : <p class="cmd">{props.foot}</p>}
        </div>
      </div>
    </div>
  );
}

/** `1 change`, `2 changes`. */
export const count = (number: number, word: string): string =>
  `${number.toLocaleString('en')} ${word}${number === 1 ? '' : 's'}`;

/** The time of day of an instant. */
export const clockTime = (at: number): string =>
  new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
