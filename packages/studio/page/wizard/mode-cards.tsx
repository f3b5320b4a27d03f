import type { JSX } from 'preact';
import { authLabel } from '../form/labels.ts';
import { Icon } from '../parts/icon.tsx';
import type { IconName } from '../parts/icon.tsx';
import { Text } from '../parts/text.tsx';

interface Card {
  readonly type: string;
  readonly icon: IconName;
  readonly text: string;
  readonly needs: string;
}

const cards: readonly Card[] = [
  {
    type: 'oauth2_client_credentials',
    icon: 'cycle',
    text: 'The service gets its own tokens from an issuer. They are renewed before they end, and after a 401.',
    needs: 'issuer, client ID, secret or key',
  },
  {
    type: 'bearer',
    icon: 'key',
    text: 'Another process keeps the token valid; it is sent as `Authorization: Bearer`.',
    needs: 'where the token is',
  },
  {
    type: 'oauth2_authorization_code',
    icon: 'users',
    text: 'People sign in with their browser. Calls are made in their name.',
    needs: 'issuer, client ID, redirect URL',
  },
  {
    type: 'basic',
    icon: 'user',
    text: 'A user name and a password, sent with each request.',
    needs: 'user, where the password is',
  },
  {
    type: 'api_key',
    icon: 'id',
    text: 'A key in a header of its own, such as `x-api-key`.',
    needs: 'header, where the key is',
  },
  {
    type: 'none',
    icon: 'open',
    text: 'The API is open, or the network does the checking. It must be said, so that it is not forgotten.',
    needs: 'nothing',
  },
];

/** The kinds of authentication that fit a challenge: all for an API that names none. */
function fitting(challenge: string): readonly string[] {
  if (/\bbasic\b/i.test(challenge)) return ['basic'];
  return ['oauth2_client_credentials', 'bearer', 'oauth2_authorization_code'];
}

/** The kinds of authentication as cards: first those that fit what the API asks for. */
export function ModeCards(props: {
  readonly chosen: string;
  readonly challenge: string;
  readonly onChoose: (type: string) => void;
}): JSX.Element {
  const fits = fitting(props.challenge);
  const groups = [
    { title: props.challenge === '' ? 'Bearer tokens' : 'Fits what the API asks for', isFitting: true },
    { title: 'The others', isFitting: false },
  ];
  return (
    <fieldset class="groups">
      <legend class="vh">Authentication</legend>
      {groups.map(({ title, isFitting }) => (
        <div class="group" key={title}>
          <h2 class="sm">{title}</h2>
          <div class="cards">
            {cards
              .filter(({ type }) => fits.includes(type) === isFitting)
              .map((card) => (
                <ModeCard key={card.type} card={card} {...props} />
              ))}
          </div>
        </div>
      ))}
    </fieldset>
  );
}

function ModeCard(props: { readonly card: Card; readonly chosen: string; readonly onChoose: (type: string) => void }) {
  const { type, icon, text, needs } = props.card;
  return (
    <label class="card">
      <input type="radio" name="w-mode" checked={type === props.chosen} onChange={() => props.onChoose(type)} />
      <span class="top-row">
        <Icon name={icon} />
        <strong>{authLabel(type)}</strong>
        <span class="radio" />
      </span>
      <p>
        <Text>{text}</Text>
      </p>
      <span class="need">Needs: {needs}</span>
    </label>
  );
}
