import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { JSX } from 'preact';
import type { Value } from '../../src/documents/value.ts';
import { fieldsAt, withEntry } from '../state/documents.ts';
import { api } from '../state/api.ts';
import type { Discovered } from '../state/api.ts';
import type { FieldProps } from '../form/field-frame.tsx';
import { Icon } from '../parts/icon.tsx';
import { TextField } from '../form/text-field.tsx';

/** What issuers offer, by their URL. `undefined` while the answer is not here. */
const answers = signal<ReadonlyMap<string, Discovered | undefined>>(new Map());

/** The metadata of an issuer, once it was found. */
export function discovered(issuerUrl: Value | undefined): Extract<Discovered, { readonly isFound: true }> | undefined {
  const answer = typeof issuerUrl === 'string' ? answers.value.get(issuerUrl) : undefined;
  return answer?.isFound === true ? answer : undefined;
}

async function find(url: string, insecureHttp: boolean): Promise<void> {
  if (answers.value.has(url)) return;
  answers.value = withEntry(answers.value, url, undefined);
  try {
    answers.value = withEntry(answers.value, url, await api.discover(url, insecureHttp));
  } catch {
    answers.value = new Map([...answers.value].filter(([each]) => each !== url));
  }
}

/** The issuer: its metadata is asked for while it is typed. */
export function IssuerField(props: FieldProps): JSX.Element {
  const fields = fieldsAt(props.id, props.path.slice(0, -1));
  const url = fields['issuerUrl'];
  const insecureHttp = fields['insecureHttp'] === true;
  useEffect(() => {
    if (typeof url !== 'string' || URL.parse(url) === null) return undefined;
    const timer = setTimeout(() => void find(url, insecureHttp), 400);
    return () => clearTimeout(timer);
  }, [url, insecureHttp]);
  return (
    <div class="issuer">
      <TextField {...props} help={null} />
      <Found url={url} description={props.schema.description} />
    </div>
  );
}

/** What was found, in the place where the help was. */
function Found({ url, description }: { readonly url: Value | undefined; readonly description: string }) {
  if (typeof url !== 'string' || url === '') return <p class="help xs faint">{description}</p>;
  if (URL.parse(url) === null) return <p class="help xs faint">Its metadata is asked for when it is a URL.</p>;
  const answer = answers.value.get(url);
  if (answer === undefined) {
    return (
      <p class="msg" role="status">
        <Icon name="spin" tone="spin" />
        <span class="muted">asking for its metadata …</span>
      </p>
    );
  }
  return answer.isFound ? (
    <p class="msg" role="status">
      <Icon name="check" tone="ok" />
      <span class="muted">
        <span class="ok">Discovered{answer.tookMs === 0 ? '' : ` in ${answer.tookMs} ms`}.</span> Tokens come from{' '}
        <code>{answer.tokenEndpoint}</code>
      </span>
    </p>
  ) : (
    <p class="msg warn" role="status">
      <Icon name="warn" />
      <span>{answer.message}</span>
    </p>
  );
}
