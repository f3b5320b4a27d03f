import { styleText } from 'node:util';
import type { Output } from '../terminal/terminal.ts';

/** How a text is shown where there are colors. */
export type Paint = Parameters<typeof styleText>[0];

/** The text in a color, if the output has colors. */
export function paint(output: Pick<Output, 'hasColor'>, how: Paint, text: string): string {
  return output.hasColor ? styleText(how, text, { validateStream: false }) : text;
}
