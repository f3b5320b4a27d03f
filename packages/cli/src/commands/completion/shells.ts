/** The shells that have a completion script. */
export const shells = ['bash', 'zsh', 'fish'] as const;

/** A shell that has a completion script. */
export type Shell = (typeof shells)[number];

/** True for the name of one of {@link shells}. */
export const isShell = (name: string): name is Shell => shells.some((shell) => shell === name);
