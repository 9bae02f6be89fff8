import { constants, createWriteStream } from "node:fs";
import { access, chmod, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate } from "node:timers/promises";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";

/** Who named a file, and what stops the writing. */
interface Writing {
  /** The option that named the file. */
  readonly option?: string;
  readonly signal?: AbortSignal;
}

/**
 * Writes a result to stdout, or to a file. The file is either the old one or complete, and keeps its mode. Throws SealwatchError `usage` if
 * that is not possible, and `aborted` if the signal came first.
 */
export async function writeResult(
  result: string | Iterable<string> | AsyncIterable<string>,
  file?: string,
  writing: Writing = {},
): Promise<void> {
  const text = typeof result === "string" ? [result] : result;
  if (file === undefined) {
    for await (const piece of text) {
      if (!(await print(piece))) return;
      // Writing to a file that the shell opened never waits, so a signal would not be noticed.
      await setImmediate();
      if (writing.signal?.aborted === true) throw stopped();
    }
    return;
  }
  await writeFile(text, file, writing);
}

/** Writes a file in pieces as they come. It is the old one until all of them are there. */
export async function writeFile(pieces: Pieces, file: string, { option = "--output", signal }: Writing = {}): Promise<void> {
  try {
    const target = await findTarget(file);
    const write = (path: string): Promise<void> => pipeline(Readable.from(pieces), createWriteStream(path), { signal });
    await (target.regular ? replaceFile(target.path, write, target.mode) : write(target.path));
  } catch (error) {
    if (signal?.aborted === true) throw stopped();
    throw error instanceof SealwatchError ? error : cannotWrite(file, error, option);
  }
}

type Pieces = Iterable<string> | AsyncIterable<string | Uint8Array>;

/** Resolves to false if nobody reads any more. */
function print(piece: string): Promise<boolean> {
  return new Promise((settle, reject) => {
    process.stdout.write(piece, (error) => (error && !isBrokenPipe(error) ? reject(cannotPrint(error)) : settle(!error)));
  });
}

/** Checks before the work that a result can be written there. */
export async function ensureWritable(file: string, option = "--output"): Promise<void> {
  try {
    const { path, regular } = await findTarget(file);
    await access(regular ? dirname(path) : path, constants.W_OK);
  } catch (error) {
    throw cannotWrite(file, error, option);
  }
}

/** Finds the file behind a link. A device or pipe is written to and never replaced. */
async function findTarget(file: string): Promise<{ path: string; regular: boolean; mode: number | null }> {
  if (file === "") throw new Error("it has no name");
  const present = await stat(file).catch(() => null);
  if (present === null) return { path: resolve(file), regular: true, mode: null };
  if (present.isDirectory()) throw new Error("it is a directory");
  return { path: await realpath(file), regular: present.isFile(), mode: present.mode };
}

async function replaceFile(path: string, write: (path: string) => Promise<void>, mode: number | null): Promise<void> {
  const draft = `${path}.${process.pid}.part`;
  try {
    await write(draft);
    if (mode !== null) await chmod(draft, mode);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function stopped(): SealwatchError {
  return new SealwatchError("aborted", "write the result: stopped before its end");
}

const REMEDIES: ReadonlyMap<string, (directory: string) => string> = new Map([
  ["ENOENT", (directory) => `the directory ${directory} does not exist; create it, or name another file`],
  ["EACCES", (directory) => `this user may not write in ${directory}; name another file`],
  ["ENOSPC", (directory) => `the disk of ${directory} is full; free some space, or name another file`],
]);

function cannotWrite(file: string, error: unknown, option: string): SealwatchError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const why = REMEDIES.get(code)?.(dirname(resolve(file))) ?? (error instanceof Error ? error.message : String(error));
  return new SealwatchError("usage", `${option} ${file}: cannot be written: ${why}`, { cause: error });
}

function cannotPrint(error: Error): SealwatchError {
  return new SealwatchError("usage", `write to standard output: ${error.message}`, { cause: error });
}

/** `sealwatch … | head` is no error. */
function isBrokenPipe(error: Error): boolean {
  return "code" in error && error.code === "EPIPE";
}
