/** The colours of a terminal, or none. The visible characters of a text stay the same. */
export interface Palette {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
}

const same = (text: string): string => text;

/** For output without a terminal, or with NO_COLOR (https://no-color.org). */
export const PLAIN: Palette = { bold: same, dim: same, red: same, yellow: same, green: same };

/** Colours by ECMA-48, "Select Graphic Rendition". */
export const COLOURED: Palette = {
  bold: graphic(1, 22),
  dim: graphic(2, 22),
  red: graphic(31, 39),
  yellow: graphic(33, 39),
  green: graphic(32, 39),
};

function graphic(on: number, off: number): (text: string) => string {
  return (text) => `\u001b[${on}m${text}\u001b[${off}m`;
}
