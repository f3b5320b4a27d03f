import type { JSX } from 'preact';
import { clientNames } from '../clients/client-form.tsx';
import { Icon } from '../parts/icon.tsx';
import { Question, WizardFoot } from './wizard-frame.tsx';
import { change, newClient, probe } from './wizard-state.ts';

const namePattern = /^[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*$/;

/** What is wrong with a name; empty when nothing is. */
function nameProblem(id: string, name: string): string {
  if (name === '') return '';
  if (!namePattern.test(name)) return 'Letters, digits and single dashes, with a letter first';
  return clientNames(id).includes(name) ? 'The file has a client with this name' : '';
}

function urlProblem(url: string): string {
  if (url === '') return '';
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return 'A URL such as https://orders.internal';
  const isLocal = ['127.0.0.1', 'localhost', '[::1]'].includes(parsed.hostname);
  return parsed.protocol === 'http:' && !isLocal ? 'https, unless it is this machine' : '';
}

/** The first step: the name of the client in the file, and where its requests go. */
export function NameStep({ id }: { readonly id: string }): JSX.Element {
  const { name, baseUrl } = newClient.value;
  const [wrongName, wrongUrl] = [nameProblem(id, name), urlProblem(baseUrl)];
  const isReady = name !== '' && baseUrl !== '' && wrongName === '' && wrongUrl === '';
  return (
    <>
      <Question title="Which API does your service call?">
        A client is one API: its URL, and how requests prove who sends them.
      </Question>
      <div class="section">
        <Line
          name="w-name"
          label="Name"
          note="as your code calls it"
          value={name}
          placeholder="such as orders"
          problem={wrongName}
          onInput={(text) => change({ name: text })}
        />
        <Line
          name="w-url"
          label="Base URL"
          note="paths begin here"
          value={baseUrl}
          placeholder="such as https://orders.internal"
          problem={wrongUrl}
          onInput={(text) => change({ baseUrl: text })}
        />
      </div>
      <WizardFoot id={id} next="Continue" isReady={isReady} onNext={() => void probe()} />
    </>
  );
}

function Line(props: {
  readonly name: string;
  readonly label: string;
  readonly note: string;
  readonly value: string;
  readonly placeholder: string;
  readonly problem: string;
  readonly onInput: (text: string) => void;
}): JSX.Element {
  const { name, label, note, value, problem } = props;
  return (
    <div class="field">
      <div class="label-row">
        <label for={name}>
          {label} <small>{note}</small>
        </label>
      </div>
      <div class={`input mono-in${problem === '' ? '' : ' is-bad'}`}>
        <input
          id={name}
          value={value}
          placeholder={props.placeholder}
          aria-invalid={problem === '' ? undefined : true}
          aria-describedby={`${name}-h`}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => props.onInput(event.currentTarget.value.trim())}
        />
      </div>
      <p class={problem === '' ? 'help' : 'msg bad'} id={`${name}-h`}>
        {problem === '' ? null : <Icon name="x" />}
        <span>{problem === '' ? '\u00a0' : problem}</span>
      </p>
    </div>
  );
}
