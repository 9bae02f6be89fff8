import { rename, rm, writeFile } from "node:fs/promises";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";

/** Writes a result to stdout, or to a file that is either the old one or the whole new one. */
export async function writeResult(text: string, file: string | undefined): Promise<void> {
  if (file === undefined) {
    await new Promise<void>((resolve, reject) => {
      process.stdout.write(text, (error) => (error && !isBrokenPipe(error) ? reject(error) : resolve()));
    });
    return;
  }
  const draft = `${file}.${process.pid}.part`;
  try {
    await writeFile(draft, text);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    const why = error instanceof Error ? error.message : String(error);
    throw new SealwatchError("usage", `--output ${file}: cannot be written: ${why}`, { cause: error });
  }
}

/** `sealwatch … | head` is no error. */
function isBrokenPipe(error: Error): boolean {
  return "code" in error && error.code === "EPIPE";
}

/** Colour for people: none where the stream is no terminal or `NO_COLOR` is set. https://no-color.org */
export function wantsColour(stream: NodeJS.WriteStream): boolean {
  const off = process.env["NO_COLOR"];
  return stream.isTTY === true && (off === undefined || off === "") && process.env["TERM"] !== "dumb";
}
