import type { JSX } from 'preact';
import { Icon } from '../parts/icon.tsx';
import { Text, toneIcons } from '../parts/text.tsx';
import type { Tone } from '../parts/text.tsx';
import { fieldLabel } from '../form/labels.ts';
import type { CheckResult } from './check-run.ts';

const tones: Readonly<Record<CheckResult['verdict'], Tone>> = {
  ok: 'ok',
  warning: 'warn',
  failed: 'bad',
  skipped: 'off',
};
const words: Readonly<Record<CheckResult['verdict'], string>> = {
  ok: 'ok',
  warning: 'to look at',
  failed: 'failed',
  skipped: 'not checked',
};

/** One check: what it found, and for a failure what to do and where. */
export function CheckRow(props: {
  readonly result: CheckResult;
  readonly onField: (field: string) => void;
}): JSX.Element {
  const { check, verdict, message, remedy, tookMs } = props.result;
  const style = verdict === 'failed' ? 'is-failed' : verdict === 'skipped' ? 'is-skipped' : 'is-ok';
  return (
    <li class={`check ${style}`}>
      <Icon name={toneIcons[tones[verdict]]} tone={tones[verdict]} />
      <span class="what">
        <span class="vh">{words[verdict]}: </span>
        {check}
      </span>
      <div class="said">
        <Text>{message}</Text>
        {remedy === undefined ? null : (
          <div class="remedy">
            <Icon name="arrow" />
            <span>
              <Text>{remedy}</Text>
            </span>
          </div>
        )}
        <Links {...props} />
      </div>
      <span class="took">{tookMs === undefined || tookMs < 1 ? '' : formatTook(tookMs)}</span>
    </li>
  );
}

const formatTook = (ms: number): string => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`);

/** Fields that a remedy names. */
const fieldNames =
  /\b(clientId|clientSecretRef|clientAuthMethod|issuerUrl|tokenUrl|scopes|audience|resource|baseUrl|tokenRef|passwordRef|keyRef|auth|certFile|caFile)\b/g;

function Links({ result, onField }: { readonly result: CheckResult; readonly onField: (field: string) => void }) {
  if (result.verdict !== 'failed') return null;
  const named = [...(result.remedy ?? '').matchAll(fieldNames)].map(([name]) => name);
  const found = result.check === 'token' && named.includes('clientId') ? ['clientSecretRef', ...named] : named;
  const fields = [...new Set(found)].slice(0, 3);
  if (fields.length === 0) return null;
  return (
    <div class="links">
      {fields.map((field, place) => (
        <button
          key={field}
          type="button"
          class={`btn small ${place === 0 ? 'second' : 'ghost'}`}
          onClick={() => onField(field)}
        >
          {place === 0 ? 'Go to ' : ''}
          {fieldLabel(field)}
        </button>
      ))}
    </div>
  );
}
