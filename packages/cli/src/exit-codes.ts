/** The exit codes of a command. */
export const exitCodes = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  noToken: 3,
  refused: 4,
  serverError: 5,
  noAnswer: 6,
  interrupted: 130,
} as const;

/** An exit code of a command. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The exit codes as help and man pages show them. */
export const exitCodeSection: { readonly title: string; readonly lines: readonly string[] } = {
  title: 'Exit codes',
  lines: [
    '0    success',
    '1    an unexpected failure; for doctor: a check failed',
    '2    the command or the config is wrong; nothing was sent',
    '3    no token: the authorization server did not issue one',
    '4    the API answered 4xx',
    '5    the API answered 5xx',
    '6    no usable answer from the API: network, TLS, timeout, a redirect that was not followed',
    '130  interrupted',
  ],
};
