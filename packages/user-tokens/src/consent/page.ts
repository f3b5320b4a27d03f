import { createHash } from 'node:crypto';

/** What a page says. Everything is text: it is escaped. */
export interface PageContent {
  readonly status: number;
  readonly title: string;
  readonly paragraphs: readonly string[];
  /** What the authorization server said, shown as a quotation. */
  readonly quotation?: string | undefined;
  /** Where its link leads: a path of this origin. */
  readonly returnTo?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

const style = `:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText}
main{max-width:32rem;padding:2rem}
h1{margin:0 0 1rem;font-size:1.5rem;line-height:1.25}
p,blockquote{margin:0 0 1rem;overflow-wrap:anywhere}
blockquote{padding-left:1rem;border-left:.25rem solid GrayText}
a{color:LinkText}`;

/** No script, no frame, no form, no other origin; the one style is allowed by its hash. */
const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Headers of every response of the handler: its URLs carry codes and states. */
export const privateHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** A page for a person, in the browser's own light or dark colors. It contains no script. */
export function page({ status, title, paragraphs, quotation, returnTo, headers }: PageContent): Response {
  const parts = [
    `<h1>${escape(title)}</h1>`,
    ...paragraphs.map((text) => `<p>${escape(text)}</p>`),
    ...(quotation === undefined ? [] : [`<blockquote>${escape(quotation)}</blockquote>`]),
    ...(returnTo === undefined ? [] : [`<p><a href="${escape(returnTo)}">Back to the application</a></p>`]),
  ];
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${parts.join('\n')}
</main>
</body>
</html>
`;
  return new Response(html, {
    status,
    headers: {
      ...privateHeaders,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy,
      ...headers,
    },
  });
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '');
