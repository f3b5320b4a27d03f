import type { JSX } from 'preact';

/** 16 px, strokes of 1.5 px in the color of the text. States differ in shape, not in color alone. */
const icons = {
  check: () => (
    <>
      <circle cx="8" cy="8" r="6.25" />
      <path d="m5.4 8.2 1.8 1.8 3.5-3.9" />
    </>
  ),
  x: () => (
    <>
      <path d="M5.4 1.75h5.2l3.65 3.65v5.2l-3.65 3.65H5.4L1.75 10.6V5.4z" />
      <path d="m6 6 4 4m0-4-4 4" />
    </>
  ),
  warn: () => (
    <>
      <path d="M8 2 14.5 13.5h-13z" />
      <path d="M8 6.5v3.2M8 11.6v.05" />
    </>
  ),
  minus: () => (
    <>
      <circle cx="8" cy="8" r="6.25" stroke-dasharray="2.2 1.7" />
      <path d="M5.5 8h5" />
    </>
  ),
  lock: () => (
    <>
      <rect x="3" y="7" width="10" height="7" rx="1.5" />
      <path d="M5.25 7V5a2.75 2.75 0 0 1 5.5 0v2" />
    </>
  ),
  pin: () => (
    <>
      <circle cx="8" cy="8" r="6.25" />
      <path d="M8 5v3.2l2 1.3" />
    </>
  ),
  spin: () => (
    <>
      <path d="M8 1.75A6.25 6.25 0 1 1 1.75 8" />
    </>
  ),
  tick: () => (
    <>
      <path d="m3.5 8.5 3 3 6-7" />
    </>
  ),
  cross: () => (
    <>
      <path d="m4 4 8 8m0-8-8 8" />
    </>
  ),
  plus: () => (
    <>
      <path d="M8 3v10M3 8h10" />
    </>
  ),
  search: () => (
    <>
      <circle cx="7" cy="7" r="4.5" />
      <path d="m10.5 10.5 3.25 3.25" />
    </>
  ),
  right: () => (
    <>
      <path d="m6 3.5 4.5 4.5L6 12.5" />
    </>
  ),
  down: () => (
    <>
      <path d="m4 6 4 4 4-4" />
    </>
  ),
  arrow: () => (
    <>
      <path d="M2.5 8h10.75M9 3.75 13.25 8 9 12.25" />
    </>
  ),
  theme: () => (
    <>
      <circle cx="8" cy="8" r="6.25" />
      <path d="M8 1.75v12.5A6.25 6.25 0 0 0 8 1.75z" fill="currentColor" />
    </>
  ),
  key: () => (
    <>
      <circle cx="5" cy="11" r="3" />
      <path d="m7.2 8.8 6-6M11 5l2 2" />
    </>
  ),
  user: () => (
    <>
      <circle cx="8" cy="5.25" r="2.75" />
      <path d="M2.75 14c.6-2.9 2.6-4.25 5.25-4.25S12.65 11.1 13.25 14" />
    </>
  ),
  users: () => (
    <>
      <circle cx="6" cy="5.5" r="2.5" />
      <path d="M1.5 13.5c.5-2.5 2.2-3.75 4.5-3.75s4 1.25 4.5 3.75M10.5 3.2a2.4 2.4 0 0 1 0 4.6M12.2 10.2c1.3.5 2 1.6 2.3 3.3" />
    </>
  ),
  open: () => (
    <>
      <circle cx="8" cy="8" r="6.25" />
      <path d="M1.75 8h12.5M8 1.75c4 3.6 4 8.9 0 12.5-4-3.6-4-8.9 0-12.5z" />
    </>
  ),
  id: () => (
    <>
      <rect x="1.75" y="3" width="12.5" height="10" rx="1.5" />
      <path d="M4.5 10.5c.3-1 .9-1.5 1.75-1.5S7.7 9.5 8 10.5M10.25 6.5h2M10.25 9h2" />
      <circle cx="6.25" cy="6.75" r="1.1" />
    </>
  ),
  cycle: () => (
    <>
      <path d="M13.5 6.5A5.75 5.75 0 0 0 3 5.5M2.5 9.5A5.75 5.75 0 0 0 13 10.5" />
      <path d="M3 2.5v3h3M13 13.5v-3h-3" />
    </>
  ),
  play: () => (
    <>
      <path d="M4.5 2.75v10.5L13 8z" />
    </>
  ),
  stop: () => (
    <>
      <rect x="4" y="4" width="8" height="8" rx="1" />
    </>
  ),
  undo: () => (
    <>
      <path d="M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6" />
      <path d="M5.75 3.5 2.75 6.5l3 3" />
    </>
  ),
  file: () => (
    <>
      <path d="M9 1.75H4v12.5h8V4.75z" />
      <path d="M9 1.75v3h3" />
    </>
  ),
  down2: () => (
    <>
      <path d="M8 2v8M4.5 6.75 8 10.25l3.5-3.5M2.5 13.5h11" />
    </>
  ),
  up2: () => (
    <>
      <path d="M8 10.5V2.25M4.5 5.5 8 2l3.5 3.5M2.5 13.5h11" />
    </>
  ),
  db: () => (
    <>
      <ellipse cx="8" cy="3.75" rx="5.25" ry="2" />
      <path d="M2.75 3.75v8.5c0 1.1 2.35 2 5.25 2s5.25-.9 5.25-2v-8.5M2.75 8c0 1.1 2.35 2 5.25 2s5.25-.9 5.25-2" />
    </>
  ),
  trash: () => (
    <>
      <path d="M2.5 4h11M6 4V2h4v2M4 4l.6 10h6.8L12 4" />
    </>
  ),
  wait: () => (
    <>
      <circle cx="8" cy="8" r="2" />
    </>
  ),
  copy: () => (
    <>
      <rect x="5.5" y="5.5" width="8.25" height="8.25" rx="1.5" />
      <path d="M10.5 5.5v-2a1.25 1.25 0 0 0-1.25-1.25H3.5A1.25 1.25 0 0 0 2.25 3.5v5.75a1.25 1.25 0 0 0 1.25 1.25h2" />
    </>
  ),
} as const;

/** The name of an icon. */
export type IconName = keyof typeof icons;

/** An icon beside a word: it is not read out. */
export function Icon({ name, tone = '' }: { readonly name: IconName; readonly tone?: string }): JSX.Element {
  const Shape = icons[name];
  return (
    <svg class={`i ${tone}`} viewBox="0 0 16 16" aria-hidden="true">
      <Shape />
    </svg>
  );
}
