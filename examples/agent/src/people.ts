import { fakeBrowser } from '@bearings/testing';
import type { FakeBrowser } from '@bearings/testing';
import type { PendingTool } from '@bearings/user-tokens';
import type { ToolAnswer } from './agent-tools.ts';

export type ToolName = 'list_notes' | 'list_issues';

/** A user of the agent, with a browser. */
export interface Person {
  readonly user: string;
  /** Has the agent call a tool, as a model would. Rejects when the call fails. */
  ask(tool: ToolName): Promise<ToolAnswer | PendingTool>;
  /** Opens a link, signs in at the provider and allows access. Answers with how the consent ended, as any replica says. */
  consent(pending: PendingTool): Promise<string>;
}

/** Whose account the next consent at GitHub is for: the fake has no sign-in page. */
type SignInAtGitHub = (account: string) => void;

/** Opens a browser and signs in at the agent. */
export async function signIn(user: string, origin: string, signInAtGitHub: SignInAtGitHub): Promise<Person> {
  const browser = fakeBrowser();
  await browser.open(`${origin}/login?user=${user}`);
  return {
    user,
    ask: (tool) => request(browser, { method: 'POST', url: `${origin}/tools/${tool}` }),
    async consent(pending) {
      signInAtGitHub(`${user}-at-github`);
      const ended = request<{ status: string }>(browser, {
        method: 'GET',
        url: `${origin}/authorizations/${pending.authorization_id}`,
      });
      const page = await browser.open(pending.auth_url);
      if (page.text.includes('name="account"')) await browser.submit(page, { account: `${user}@notes` });
      return (await ended).status;
    },
  };
}

async function request<T>(browser: FakeBrowser, { method, url }: { method: string; url: string }): Promise<T> {
  const response = await fetch(url, { method, headers: { cookie: browser.cookies(url) ?? '' } });
  const body = await response.text();
  if (!response.ok) throw new Error(`${new URL(url).pathname} answered ${response.status} ${body}`);
  const answer: T = JSON.parse(body);
  return answer;
}
