import type { CommandSpec } from '../../command-line/command-spec.ts';

interface StudioFlags {
  readonly watch?: string;
  readonly open?: boolean;
}

/** `bearings studio`. */
export const studioCommand: CommandSpec<[file: string | undefined, flags: StudioFlags]> = {
  name: 'studio',
  summary: 'configure, test and watch clients on a page',
  description:
    'Serves a page on this machine to configure clients, test them, and watch the tokens of a running service. Prints a ' +
    'URL that works once, and opens it. It ends with ctrl-C, or after 30 minutes without use.',
  arguments: [{ usage: '[file]', description: 'the config (default: the one of --config)', candidates: 'files' }],
  options: [
    { flags: '--watch <url>', description: 'the status of a service, as statusHandler serves it' },
    { flags: '--no-open', description: 'print the URL, and open no browser' },
  ],
  async run(terminal, { config, key }, [file, { watch, open }]) {
    const { studio } = await import('./studio.ts');
    return studio(terminal, { config: file ?? config, watch, key, ...(open !== undefined && { open }) });
  },
};
