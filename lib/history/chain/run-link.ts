import { digestOf, type Digest } from "../../oci/digest.ts";
import type { ChainEntry } from "./chain-entry.ts";
import { formatRoll, type ChainRoll } from "./chain-roll.ts";
import type { LinkSpan } from "./link-span.ts";
import type { RunLink, RunRecord } from "../run-record.ts";
import type { RunId } from "../state.ts";

/** The link that was made last. */
export interface ChainHead {
  readonly position: number;
  readonly run: RunId;
  readonly hash: Digest;
  readonly roll: Digest | null;
}

/** A run's record as it is closed. */
export type ClosingRecord = Omit<RunRecord, "status" | "link">;

interface NewLink {
  readonly link: RunLink;
  readonly head: ChainHead;
  /** To be kept as evidence before the link is written. */
  readonly roll: ChainRoll | null;
}

/** What a store found for the link of a run that it closes. */
interface LinkContent {
  readonly document: Digest;
  readonly span: LinkSpan;
  /** Everything in the span. */
  readonly entries: readonly ChainEntry[];
  /** The head that was read; null makes it the first link. */
  readonly head: ChainHead | null;
  /** The position from which on heads are signed. */
  readonly signedFrom: number | null;
}

/** Makes the link of a run that is being closed. */
export function makeLink(record: ClosingRecord, { document, span, entries, head, signedFrom }: LinkContent): NewLink {
  const roll = formatRoll(entries);
  const { through, open } = span;
  const content = {
    position: (head?.position ?? 0) + 1,
    before: head === null ? null : { run: head.run, hash: head.hash },
    document,
    roll: roll?.digest ?? null,
    entries: entries.length,
    through,
    open,
    signedFrom,
  };
  const link: RunLink = { ...content, hash: hashLink(record, content) };
  return { link, head: { position: link.position, run: record.id, hash: link.hash, roll: link.roll }, roll };
}

/** Whether a closed run's record and link are those that its hash was made of. */
export function isIntact(record: ClosingRecord, link: RunLink): boolean {
  return hashLink(record, link) === link.hash;
}

/** Field by field, in this order, so that the hash does not depend on the order of keys in a store. */
function hashLink(record: ClosingRecord, link: Omit<RunLink, "hash">): Digest {
  const { id, number, startedAt, finishedAt, complete, partial, coverage, watchList, exitCode } = record;
  const { position, before, document, roll, entries, through, open, signedFrom } = link;
  const previous = before === null ? null : [before.run, before.hash];
  const run = [id, startedAt, finishedAt, complete, partial, coverage, watchList, exitCode];
  const content = [position, previous, run, document, roll, entries];
  // The links of older versions have no numbers.
  return digestOf(
    JSON.stringify(
      through === undefined ? ["sealwatch run", ...content] : ["sealwatch numbered run", number, ...content, through, open, signedFrom],
    ),
  );
}
