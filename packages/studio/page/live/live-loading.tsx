import type { JSX } from 'preact';
import { Icon } from '../parts/icon.tsx';
import { TableHead } from './token-table.tsx';
import { Tools } from './live-filter.tsx';

const columns = ['b', 'a', 'c', 'b', 'n', 'n', 'c', 'b'];
const styles = ['', '', '', '', 'r c-opt', 'r c-opt', 'c-fail', 'c-opt'];

/** The page before the service has answered: the same lines in the same places. */
export function LiveLoading({ watch }: { readonly watch: string }): JSX.Element {
  return (
    <div class="live">
      <div class="live-main" aria-busy="true">
        <div class="live-head">
          <h1>Live</h1>
          <span class="sm muted">
            <code>{watch.replace(/^https?:\/\//, '')}</code>
          </span>
          <span class="grow" />
          <span class="sign muted" role="status">
            <Icon name="spin" tone="spin" />
            asking the service …
          </span>
        </div>
        <div class="strip">
          {[1, 2, 3, 4, 5].map((tile) => (
            <div class="tile" key={tile}>
              <p>
                <span class="sk b" />
              </p>
              <p>
                <span class="sk c" />
              </p>
            </div>
          ))}
        </div>
        <Tools all="–" wrong="–" />
        <div class="table-box" tabIndex={0} role="region" aria-label="Tokens">
          <table class="tokens">
            <caption class="vh">Tokens, not here yet</caption>
            <TableHead />
            <tbody>
              {Array.from({ length: 10 }, (_, row) => (
                <tr key={row}>
                  {columns.map((width, column) => (
                    <td key={column} class={styles[column]}>
                      <span class={`sk ${width}`} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <p class="foot">
          <span>Nothing here yet.</span>
          <span class="grow" />
          <span>Read-only. The service shows no token and no secret here.</span>
        </p>
      </div>
    </div>
  );
}
