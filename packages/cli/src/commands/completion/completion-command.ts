import type { CommandSpec } from '../../command-line/command-spec.ts';
import { shells } from './shells.ts';

/** `bearings completion`. */
export const completionCommand: CommandSpec<[shell: string]> = {
  name: 'completion',
  summary: 'print the completion script of a shell',
  description: 'Prints a script that completes commands, flags, files and the names of clients.',
  arguments: [{ usage: '<shell>', description: shells.join(', '), candidates: shells }],
  sections: [
    {
      title: 'To load it in every shell',
      lines: [
        'bash  add to ~/.bashrc: eval "$(bearings completion bash)"',
        'zsh   add to ~/.zshrc, after compinit: eval "$(bearings completion zsh)"',
        'fish  bearings completion fish > ~/.config/fish/completions/bearings.fish',
      ],
    },
  ],
  async run(terminal, _, [shell]) {
    const { printScript } = await import('./print-script.ts');
    return printScript(terminal, shell);
  },
};
