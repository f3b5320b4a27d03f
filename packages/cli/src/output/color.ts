import { styleText } from 'node:util';
import type { Output } from '../terminal/terminal.ts';

/** A style of Node's `styleText`. */
export type Color = Parameters<typeof styleText>[0];

/** Applies a style to a text if the output has colors. */
export function color(output: Pick<Output, 'hasColor'>, style: Color, text: string): string {
  return output.hasColor ? styleText(style, text, { validateStream: false }) : text;
}
