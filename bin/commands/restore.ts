import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Finding } from "../../lib/history/state.ts";
import type { HistoryStore } from "../../lib/history/store.ts";
import { restoreCommand } from "../../lib/notification/restore-command.ts";
import { shortDigest } from "../../lib/oci/digest.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { formatLayout } from "../../lib/restore/format-layout.ts";
import { restoreSignatures, type RestoredSignature } from "../../lib/restore/restore-signatures.ts";
import { escapeText, quoteShell } from "../../lib/text/escape.ts";
import type { CommonOptions } from "../doors/common-options.ts";
import { writeResult } from "../doors/output.ts";
import { readHistory } from "../doors/with-history.ts";
import { findOne } from "./find-findings.ts";

interface RestoreOptions extends CommonOptions {
  readonly output: string;
}

/**
 * Writes the signatures that the release of a finding had before as OCI layouts, and prints the commands that push them back. It pushes
 * nothing. For a tag that moved it writes nothing: the image is still there, and the command that it prints points the tag to it again.
 * Returns 1 if some signature is not kept.
 */
export async function restore(id: string, options: RestoreOptions): Promise<number> {
  return readHistory(options, async (store) => {
    const finding = await findOne(id, store);
    const back = finding.cause === "tag-moved" || finding.cause === "tag-rolled-back" ? restoreCommand(finding, { history: null }) : null;
    if (back !== null) {
      await writeResult(
        `The image that ${escapeText(finding.tag ?? "")} named is ${finding.before?.digest}.\nPoint the tag to it again: ${back}\n`,
      );
      return 0;
    }
    return store === null ? 1 : writeSignatures(finding, options.output, store);
  });
}

async function writeSignatures(finding: Finding, output: string, store: HistoryStore): Promise<number> {
  const { signatures, missing } = await restoreSignatures(finding, store);
  const name = `${escapeText(finding.repository)}${finding.tag === null ? "" : `:${escapeText(finding.tag)}`}`;
  if (signatures.length + missing.length === 0)
    throw new SealwatchError("usage", `restore ${finding.id}: ${name} was not signed before, so there is no signature to restore`);
  if (signatures.length > 0) await makeEmpty(output);
  for (const [at, signature] of signatures.entries()) {
    const directory = signatures.length === 1 ? output : join(output, String(at + 1));
    for (const [path, bytes] of formatLayout(signature.manifest)) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), bytes);
    }
    await writeResult(describe(signature, directory, finding.repository));
  }
  for (const artifact of missing) await writeResult(`${artifact}: too little of it was kept; sign the release again\n`);
  return missing.length === 0 ? 0 : 1;
}

function describe({ artifact, signers, manifest, destination, subject }: RestoredSignature, directory: string, repository: string): string {
  return [
    `${escapeText(directory)}: the signature of ${subject} by ${signers.map((signer) => escapeText(signer)).join(", ")}`,
    ...(manifest.isExact
      ? []
      : [`  Some of ${shortDigest(artifact)} was not kept, so its digest is another now (${manifest.digest}); it verifies as before.`]),
    ...(destination.includes("@") ? [] : ["  The push replaces what that tag names now."]),
    `  Push it back: crane push ${quoteShell(directory)} ${quoteShell(destination)}`,
    `  Then check: sealwatch inspect ${quoteShell(`${repository}@${subject}`)}`,
    "",
  ].join("\n");
}

/** Makes the directory. One that holds something is left alone. */
async function makeEmpty(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    if ((await readdir(directory)).length === 0) return;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SealwatchError("usage", `--output ${directory}: the directory cannot be made: ${why}`, { cause: error });
  }
  throw new SealwatchError("usage", `--output ${directory}: something is in it already; name an empty directory`);
}
