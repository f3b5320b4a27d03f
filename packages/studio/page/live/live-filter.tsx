import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import type { TokenRow } from '../../src/status/status-snapshot.ts';
import { Icon } from '../parts/icon.tsx';
import { TableHead, sorting } from './token-table.tsx';

const query = signal('');

/** True when only tokens with a failure, or without a token, are shown. */
export const isOnlyWrong = signal(false);

/** True for a row that the search finds. */
export function matches({ name, from, clientId, clients: users_ }: TokenRow): boolean {
  const wanted = query.value.trim().toLowerCase();
  return wanted === '' || [name, from, clientId, ...users_].some((text) => text.toLowerCase().includes(wanted));
}

/** The search and the filter. */
export function Tools({ all, wrong }: { readonly all: number | string; readonly wrong: number | string }): JSX.Element {
  const order = sorting.value.by === 'left' && !sorting.value.isDown ? 'What ends first is on top' : '';
  return (
    <div class="tools">
      <div class="input search">
        <Icon name="search" />
        <input
          type="search"
          id="search"
          aria-label="Search tokens, clients and issuers"
          placeholder="Search tokens, issuers"
          value={query.value}
          onInput={(event) => (query.value = event.currentTarget.value)}
        />
        <kbd aria-hidden="true">/</kbd>
      </div>
      <div class="seg" role="group" aria-label="Show">
        <button type="button" aria-pressed={!isOnlyWrong.value} onClick={() => (isOnlyWrong.value = false)}>
          All <span class="count">{all}</span>
        </button>
        <button type="button" aria-pressed={isOnlyWrong.value} onClick={() => (isOnlyWrong.value = true)}>
          Only what is wrong <span class="count">{wrong}</span>
        </button>
      </div>
      <span class="grow" />
      <span class="xs faint hide-narrow">{order}</span>
    </div>
  );
}

/** The table without a row, and why. */
export function NoMatch({ all }: { readonly all: number }): JSX.Element {
  const isSearch = query.value !== '';
  const text =
    all === 0
      ? 'The service shows no tokens yet.'
      : isSearch
        ? `Nothing matches “${query.value}”.`
        : 'Nothing is wrong.';
  return (
    <div class="table-box">
      <table class="tokens">
        <caption class="vh">Tokens of the service</caption>
        <TableHead />
      </table>
      <div class="no-match">
        <p class="muted" role="status">
          {text}
        </p>
        {isSearch || isOnlyWrong.value ? (
          <button
            type="button"
            class="btn second small"
            onClick={() => {
              query.value = '';
              isOnlyWrong.value = false;
            }}
          >
            Show all
          </button>
        ) : null}
      </div>
    </div>
  );
}
