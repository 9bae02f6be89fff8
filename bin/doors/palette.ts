import { COLOURED, PLAIN, type Palette } from "../../lib/text/palette.ts";

/** Returns the colours for a stream: none for a file (null), on no terminal, or if `NO_COLOR` is set. https://no-color.org */
export function paletteFor(stream: NodeJS.WriteStream | null): Palette {
  const off = process.env["NO_COLOR"];
  const isColoured = stream?.isTTY === true && (off === undefined || off === "") && process.env["TERM"] !== "dumb";
  return isColoured ? COLOURED : PLAIN;
}
