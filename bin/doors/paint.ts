import { COLOURED, PLAIN, type Palette } from "../../lib/text/palette.ts";
import { wantsColour } from "./output.ts";

/** Colours on a terminal; anywhere else, or for a file, words stay as they are. */
export function paletteFor(stream: NodeJS.WriteStream | null): Palette {
  return stream !== null && wantsColour(stream) ? COLOURED : PLAIN;
}
