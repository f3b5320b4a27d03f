import type { CommandSpec } from '../../command-line/command-spec.ts';
import { exitCodeSection } from '../../exit-codes.ts';
import { clientArgument } from '../client-argument.ts';
import type { CallFlags } from './call-flags.ts';

/** `bearings call`. */
export const callCommand: CommandSpec<[client: string, path: string, flags: CallFlags]> = {
  name: 'call',
  summary: 'send an authenticated request, like curl for your services',
  description: "Sends a request with a client's credential, and prints the response body as it arrives.",
  arguments: [
    clientArgument,
    {
      usage: '<path>',
      description: "the path, relative to the client's baseUrl; it cannot lead to another origin",
    },
  ],
  options: [
    {
      flags: '-X, --method <method>',
      description: 'the method (default: GET, or POST with -d or -F)',
      candidates: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'],
    },
    {
      flags: '-d, --data <data>',
      description: 'the body: text, @file, or @- for stdin',
      details: 'Text and files can be sent again after a failure; stdin is sent once.',
      candidates: 'bodies',
    },
    {
      flags: '-F, --form <field>',
      description: 'a field of a form, name=value or name=@file; can be repeated',
      details: 'multipart/form-data. ;type= and ;filename= after a file set its type and name.',
      isRepeatable: true,
      conflicts: ['data'],
    },
    {
      flags: '--query <name=value>',
      description: 'a query parameter, added to those of the path; can be repeated',
      isRepeatable: true,
    },
    {
      flags: '-H, --header <header>',
      description: "a header, as 'name: value'; can be repeated",
      details: "Not the header of the client's credential.",
      isRepeatable: true,
    },
    {
      flags: '-o, --output <file>',
      description: 'the file for the body of a 2xx response (default: stdout)',
      details: 'Other bodies go to stdout and leave the file unchanged.',
      candidates: 'files',
    },
    { flags: '-i, --include', description: 'print status and headers before the body, without cookies' },
    {
      flags: '--json',
      description: 'print status, headers and body as one JSON document',
      details:
        'The fields are status, statusText, headers, encoding (json, text, base64, or null without a body) and body. The body is held in memory: maxResponseBytes of the config applies, 10 MiB by default.',
      conflicts: ['include', 'output'],
    },
    {
      flags: '--paginate',
      description: 'read all pages of a list: by the Link header, or a next address or cursor in the page',
      details: 'Each page is printed when it comes, with a line break after it. With GET only.',
      conflicts: ['data', 'form', 'output', 'include'],
    },
    {
      flags: '--next <place>',
      description: 'how to page: link, page, offset, or the place of the next address (implies --paginate)',
      details:
        'page=param and offset=param name the query parameter. A place is a JSON pointer or header:NAME. With =param after it, it holds a cursor, which the next request sends as this query parameter, or as a header: /meta/next_cursor=cursor, /next=header:X-Page-Token; last:/id=after is a field of the last record.',
      candidates: ['link', 'page', 'offset'],
      conflicts: ['data', 'form', 'output', 'include'],
    },
    {
      flags: '--max-pages <number>',
      description: 'the most pages that --paginate reads (default: 1000)',
      candidates: ['10', '100', '1000'],
    },
    {
      flags: '--har <file>',
      description: 'write the requests and responses into an HTTP archive, without secrets',
      details: 'HAR 1.2, with each attempt. Bodies that are text are included, up to 1 MiB.',
      candidates: 'files',
    },
    {
      flags: '--timeout <time>',
      description: 'the time limit for each attempt: 500ms, 30s, 2m, or none (default: timeout of the config)',
      candidates: ['10s', '30s', '2m', 'none'],
    },
    {
      flags: '--retry <number>',
      description: 'how many retries the call gets; 0 for none (default: retry.limit of the config)',
      candidates: ['0', '1', '2', '5'],
    },
    { flags: '-v, --verbose', description: 'show stages, attempts, tokens and headers on stderr, without secrets' },
  ],
  sections: [
    {
      title: 'Content-type of -d, unless -H sets it',
      lines: [
        'text           application/json if it is JSON, application/x-www-form-urlencoded if it is a=b&c=d,',
        '               otherwise text/plain',
        '@file and @-   application/json if it begins with { or [, otherwise application/octet-stream',
      ],
    },
    {
      title: 'Examples',
      lines: [
        'bearings call orders v1/orders/42',
        `bearings call orders v1/orders -d '{"item": 7}' -H 'idempotency-key: 1'`,
        'bearings call orders v1/orders --query state=open --query page=2',
        'bearings call orders v1/files -F note=urgent -F file=@invoice.pdf',
        'bearings call orders v1/orders --paginate | jq -c .[]',
        'bearings call orders v1/export -o export.ndjson',
        'jq -c . order.json | bearings call orders v1/orders -d @-',
      ],
    },
    exitCodeSection,
  ],
  async run(terminal, global, [client, path, flags]) {
    const { call } = await import('./call.ts');
    return call(terminal, { client, path, flags, global });
  },
};
