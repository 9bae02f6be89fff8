import { createPublicKey, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { verifyChain } from "../../lib/history/chain/verify-chain.ts";
import { renderChain } from "../terminal/chain-text.ts";
import { formatJson } from "../../lib/text/escape.ts";
import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";
import { historyPath, type CommonOptions } from "../doors/common-options.ts";
import { readNotedHeads } from "../doors/noted-heads.ts";
import { parseTableAddress } from "../doors/table-address.ts";
import { writeResult } from "../doors/output.ts";
import { paletteFor } from "../doors/palette.ts";
import { readHistory } from "../doors/with-history.ts";

interface VerifyOptions extends CommonOptions {
  readonly from?: string;
  readonly to?: string;
  readonly json?: true;
  readonly key?: string;
  readonly head?: string;
}

/** Verifies the history. Returns 0 if no chained run was changed or is missing, else 1, also if there is none. */
export async function verifyHistory(reference: string | undefined, options: VerifyOptions): Promise<number> {
  if (reference !== undefined || options.from !== undefined || options.to !== undefined)
    throw new SealwatchError("usage", "history: --verify is about the whole history; leave out the reference, --from and --to");
  const key = options.key === undefined ? null : readKey(options.key);
  return readHistory(options, async (store) => {
    if (store === null) throw new SealwatchError("history", "history: nothing is recorded yet; sealwatch audit begins a history");
    const end = (await store.chainHead().catch(() => null))?.position ?? 0;
    const heads = await readNotedHeads(options.head ?? headsOf(options), end);
    const report = await verifyChain(store, { key, heads, now: Date.now() });
    const text = options.json === true ? `${formatJson(report)}\n` : renderChain(report, paletteFor(process.stdout));
    await writeResult(text);
    return report.fault === null && report.head !== null ? 0 : 1;
  });
}

/** Each run in AWS leaves its head in a bucket, which the address of the history names. */
function headsOf(options: CommonOptions): string | undefined {
  const bucket = parseTableAddress(historyPath(options))?.heads ?? null;
  return bucket === null ? undefined : `s3://${bucket}/`;
}

function readKey(path: string): KeyObject {
  try {
    return createPublicKey(readFileSync(path));
  } catch (error) {
    throw new SealwatchError("usage", `--key ${path}: write the path of a public key as PEM`, { cause: error });
  }
}
