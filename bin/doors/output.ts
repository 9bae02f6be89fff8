import { constants } from "node:fs";
import { access, chmod, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";

/** Writes a result to stdout, or to a file that is either the old one or the whole new one, with its old mode. `option` named the file. */
export async function writeResult(text: string, file: string | undefined, option = "--output"): Promise<void> {
  if (file === undefined) {
    await new Promise<void>((settle, reject) => {
      process.stdout.write(text, (error) => (error && !isBrokenPipe(error) ? reject(cannotPrint(error)) : settle()));
    });
    return;
  }
  try {
    const target = await findTarget(file);
    await (target.regular ? replaceFile(target.path, text, target.mode) : writeFile(target.path, text));
  } catch (error) {
    throw cannotWrite(file, error, option);
  }
}

/** Says before the work, and not after it, that a result could not be written there. */
export async function ensureWritable(file: string, option = "--output"): Promise<void> {
  try {
    const { path, regular } = await findTarget(file);
    await access(regular ? dirname(path) : path, constants.W_OK);
  } catch (error) {
    throw cannotWrite(file, error, option);
  }
}

/** Where the bytes go: behind a link, its target; a device or pipe is written to and never replaced. */
async function findTarget(file: string): Promise<{ path: string; regular: boolean; mode: number | null }> {
  const present = await stat(file).catch(() => null);
  if (present === null) return { path: resolve(file), regular: true, mode: null };
  if (present.isDirectory()) throw new Error("it is a directory");
  return { path: await realpath(file), regular: present.isFile(), mode: present.mode };
}

async function replaceFile(path: string, text: string, mode: number | null): Promise<void> {
  const draft = `${path}.${process.pid}.part`;
  try {
    await writeFile(draft, text);
    if (mode !== null) await chmod(draft, mode);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function cannotWrite(file: string, error: unknown, option: string): SealwatchError {
  const why = error instanceof Error ? error.message : String(error);
  return new SealwatchError("usage", `${option} ${file}: cannot be written: ${why}`, { cause: error });
}

function cannotPrint(error: Error): SealwatchError {
  return new SealwatchError("usage", `write to standard output: ${error.message}`, { cause: error });
}

/** `sealwatch … | head` is no error. */
function isBrokenPipe(error: Error): boolean {
  return "code" in error && error.code === "EPIPE";
}

/** Colour for people: none where the stream is no terminal or `NO_COLOR` is set. https://no-color.org */
export function wantsColour(stream: NodeJS.WriteStream): boolean {
  const off = process.env["NO_COLOR"];
  return stream.isTTY && (off === undefined || off === "") && process.env["TERM"] !== "dumb";
}
