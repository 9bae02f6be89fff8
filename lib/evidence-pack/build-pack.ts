import { createHash } from "node:crypto";
import type { RepositoryHistory } from "../history/state.ts";
import type { ReportModel } from "../report/report-model.ts";
import { formatPackGuide } from "./format-pack-guide.ts";
import { VerifyScript } from "./format-verify-script.ts";
import type { PackedFile } from "./format-zip.ts";
import { packRelease, type PackSource } from "./pack-release.ts";
import { PackShelf } from "./pack-shelf.ts";

/** A report in one format, with its file name. */
export interface PackedReport {
  readonly name: string;
  readonly render: (model: ReportModel) => Promise<string | Iterable<string>>;
}

/**
 * Yields the files of an evidence pack: the reports, everything recorded of each release in them, keys and roots, and a script that
 * verifies the signatures again. The last file is the manifest of all others, as sha256sum reads it. `gaps` notes the evidence that is not
 * available as it was recorded. The same history always gives the same files.
 */
export async function* buildPack(
  model: ReportModel,
  reports: readonly PackedReport[],
  source: Pick<PackSource, "store" | "gaps">,
): AsyncGenerator<PackedFile> {
  const manifest: string[] = [];
  for await (const file of listFiles(model, reports, source)) {
    manifest.push(`${createHash("sha256").update(file.bytes).digest("hex")}  ${file.name}\n`);
    yield file;
  }
  yield { name: "MANIFEST.sha256", bytes: new TextEncoder().encode(manifest.join("")) };
}

async function* listFiles(
  model: ReportModel,
  reports: readonly PackedReport[],
  { store, gaps }: Pick<PackSource, "store" | "gaps">,
): AsyncGenerator<PackedFile> {
  yield { name: "README.txt", bytes: formatPackGuide(model) };
  for (const { name, render } of reports) yield { name, bytes: encode(await render(model)) };
  const source: PackSource = { store, gaps, shelf: new PackShelf(), policies: new Map() };
  const script = new VerifyScript();
  for (const { repository, releases } of model.repositories) {
    const isOld = releases.some(({ basis }) => basis.facts === null);
    const state: RepositoryHistory | null = isOld ? await store.loadRepository(repository) : null;
    for (const release of releases) {
      script.add(await packRelease(release, state, source));
      yield* source.shelf.take();
    }
  }
  const missing = gaps.format();
  if (missing !== null) yield { name: "MISSING.txt", bytes: missing };
  yield { name: "verify.sh", bytes: script.format(gaps), executable: true };
}

function encode(text: string | Iterable<string>): Uint8Array {
  return Buffer.concat(Array.from(typeof text === "string" ? [text] : text, (piece) => Buffer.from(piece)));
}
