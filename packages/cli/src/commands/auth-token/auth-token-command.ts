import type { CommandSpec } from '../../command-line/command-spec.ts';
import { clientArgument } from '../client-argument.ts';

interface AuthTokenFlags {
  readonly reveal?: boolean;
  readonly json?: boolean;
  readonly execCredential?: boolean;
}

/** `bearings auth token`. */
export const authTokenCommand: CommandSpec<[client: string, flags: AuthTokenFlags]> = {
  name: 'auth token',
  summary: "print a client's token",
  description: "Prints a client's token, or its static secret, and a line break. For a pipe or a file.",
  arguments: [clientArgument],
  options: [
    { flags: '--reveal', description: 'also print it on a terminal' },
    { flags: '--json', description: 'print JSON: the token, its end and its scopes', conflicts: ['execCredential'] },
    {
      flags: '--exec-credential',
      description: 'print an ExecCredential of Kubernetes, for the users of a kubeconfig',
      details: 'In the version that kubectl asks for in KUBERNETES_EXEC_INFO.',
    },
  ],
  sections: [
    {
      title: 'In a kubeconfig',
      lines: [
        'users:',
        '  - name: billing',
        '    user:',
        '      exec:',
        '        apiVersion: client.authentication.k8s.io/v1',
        '        command: bearings',
        '        args: [auth, token, cluster, --exec-credential, --config, /etc/bearings.yaml]',
        '        interactiveMode: Never',
      ],
    },
  ],
  async run(terminal, { config, key, debug, cache }, [client, flags]) {
    const { authToken } = await import('./auth-token.ts');
    const { reveal = false, json = false, execCredential = false } = flags;
    const form = execCredential ? 'exec-credential' : json ? 'json' : 'text';
    return authToken(terminal, { client, reveal, form, config, key, debug, cache });
  },
};
