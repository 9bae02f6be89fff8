import { constants, createWriteStream } from "node:fs";
import { access, chmod, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";

/** Writes a result to stdout, or to a file that is either the old one or the whole new one, with its old mode. `option` named the file. */
export async function writeResult(
  result: string | Iterable<string> | AsyncIterable<string>,
  file: string | undefined,
  option = "--output",
): Promise<void> {
  const text = typeof result === "string" ? [result] : result;
  if (file === undefined) {
    for await (const piece of text) await print(piece);
    return;
  }
  await writeFile(text, file, option);
}

/** Writes a file in pieces, as they come. It is the old one until all of them are there. */
export async function writeFile(pieces: Pieces, file: string, option = "--output"): Promise<void> {
  try {
    const target = await findTarget(file);
    await (target.regular ? replaceFile(target.path, pieces, target.mode) : writePieces(target.path, pieces));
  } catch (error) {
    throw error instanceof SealwatchError ? error : cannotWrite(file, error, option);
  }
}

type Pieces = Iterable<string> | AsyncIterable<string | Uint8Array>;

function print(piece: string): Promise<void> {
  return new Promise((settle, reject) => {
    process.stdout.write(piece, (error) => (error && !isBrokenPipe(error) ? reject(cannotPrint(error)) : settle()));
  });
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

async function replaceFile(path: string, text: Pieces, mode: number | null): Promise<void> {
  const draft = `${path}.${process.pid}.part`;
  try {
    await writePieces(draft, text);
    if (mode !== null) await chmod(draft, mode);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function writePieces(path: string, text: Pieces): Promise<void> {
  return pipeline(Readable.from(text), createWriteStream(path));
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
