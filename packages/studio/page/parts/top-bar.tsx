import { computed, signal } from '@preact/signals';
import type { JSX } from 'preact';
import { gone, isEnded, isStudioAway, serviceNow, tokens } from '../live/live-state.ts';
import { rowState } from '../live/row-state.ts';
import { documents, studio } from '../state/documents.ts';
import { hrefTo, route } from '../state/route.ts';
import { Icon } from './icon.tsx';
import { Badge } from './text.tsx';

/** Tokens without which calls fail now. */
const without = computed(() =>
  gone.value === undefined
    ? [...tokens.value.values()].filter((row) => rowState(row, serviceNow.value).tone === 'bad').length
    : 0,
);

const themes = ['', 'light', 'dark'] as const;
const theme = signal(themes.find((each) => each === localStorage.getItem('theme')) ?? '');
showTheme();

function showTheme(): void {
  if (theme.value === '') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme.value;
}

function nextTheme(): void {
  theme.value = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? '';
  localStorage.setItem('theme', theme.value);
  showTheme();
}

/** The tabs, the file, and the theme. */
export function TopBar(): JSX.Element {
  const { tab, name } = route.value;
  const hasConnectors = studio.value?.kinds.some(({ kind }) => kind === 'connectors') === true;
  const config = documents.value.find(({ kind }) => kind === 'clients');
  const shown = tab === 'connectors' ? documents.value.find(({ id }) => id.startsWith(`connectors/${name}.`)) : config;
  return (
    <header class="top">
      <a class="brand" href={hrefTo('clients')} aria-label="Bearings Studio">
        <Brand />
        <b class="hide-narrow">
          Bearings <span>Studio</span>
        </b>
      </a>
      <nav class="tabs" aria-label="Main">
        <Tab name="clients" label="Clients" />
        {hasConnectors ? <Tab name="connectors" label="Connectors" /> : null}
        <a href={hrefTo('live')} aria-current={tab === 'live' ? 'page' : undefined}>
          Live{' '}
          {without.value === 0 ? null : (
            <Badge tone="bad">
              {without.value}
              <span class="vh"> tokens are without authentication</span>
            </Badge>
          )}
        </a>
      </nav>
      <div class="where">
        {isStudioAway.value && !isEnded.value ? (
          <span class="sign bad" role="alert">
            <Icon name="x" />
            the studio does not answer
          </span>
        ) : (
          <span class="extra sign">
            <Icon name="lock" />
            on this machine only
          </span>
        )}
        <span class="extra sep" />
        <code class="hide-narrow">{(shown ?? config)?.file}</code>
        <button
          class="btn ghost icon"
          type="button"
          aria-label={`Theme: ${theme.value === '' ? 'as the system' : theme.value}`}
          onClick={nextTheme}
        >
          <Icon name="theme" />
        </button>
      </div>
    </header>
  );
}

function Tab({ name, label }: { readonly name: 'clients' | 'connectors'; readonly label: string }): JSX.Element {
  return (
    <a href={hrefTo(name)} aria-current={route.value.tab === name ? 'page' : undefined}>
      {label}
    </a>
  );
}

function Brand(): JSX.Element {
  const balls = [
    [10, 4.2],
    [15, 7.1],
    [15, 12.9],
    [10, 15.8],
    [5, 12.9],
    [5, 7.1],
  ];
  return (
    <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.6" aria-hidden="true">
      <circle cx="10" cy="10" r="8.7" />
      <circle cx="10" cy="10" r="3" />
      <g fill="currentColor" stroke="none">
        {balls.map(([x, y]) => (
          <circle key={`${x} ${y}`} cx={x} cy={y} r="1.35" />
        ))}
      </g>
    </svg>
  );
}
