import type { Digest } from "../../oci/digest.ts";
import type { Severity } from "../../watchlist/watch-list.ts";
import { CAUSES, isMoveCause, type Cause, type UnreadCause } from "../cause.ts";
import type { Meanwhile } from "../meanwhile.ts";
import { isSameNight } from "../same-night.ts";
import type { RunId, TagState } from "../state.ts";
import type { Verdict } from "../verdict.ts";
import type { DigestOrder } from "./digest-order.ts";
import { matchMove, severityOf } from "./matching-causes.ts";
import type { SignerChange } from "./signer-change.ts";

/** The change to record for a release. All but `opened` and `flipped` name the cause of a finding that was opened before. */
export interface ReleaseChange {
  readonly kind: "opened" | "recovered" | "reversed" | "confirmed" | "undone" | "withdrawn" | "flipped";
  readonly cause: Cause;
  readonly severity: Severity;
  /** True for the third opening of the cause within a week. */
  readonly flapping?: true;
}

/** The cause that a release has from now on, and what is told of that. */
export interface Ruling {
  readonly cause: Cause | null;
  readonly change: ReleaseChange | null;
}

/** What of a night is read where nobody can judge the release. */
interface UnreadNight {
  readonly run: RunId;
  readonly isVersionTag: boolean;
  readonly previous: TagState | null;
  readonly digest: Digest;
  readonly isNamed: boolean;
  readonly verdict: Verdict;
  readonly isOverdue: boolean;
  readonly order: DigestOrder;
  readonly namedByVersionTag: boolean;
  readonly takeAsBaseline: boolean;
  readonly neverSigned: boolean;
  readonly exempt: boolean;
  readonly signerChange: SignerChange | null;
}

interface UnreadComparison {
  readonly meanwhile: Meanwhile | null;
  readonly change: ReleaseChange | null;
  readonly ended: readonly ReleaseChange[];
}

/**
 * Compares a release that is unknown or pending with what was told of it (architecture section 5). Where its tag points needs no verdict, so
 * a move, a rollback and the way back are told the night they are seen. What hides the verdict is told at once if it is stored content, on
 * the second night if it may also be a list that is behind, and after `unknownFor` if it is anything else. `from` is the digest that the
 * tag named at its last definitive verdict, or first.
 */
export function compareUnread(night: UnreadNight, told: Meanwhile | null, from: Digest | null): UnreadComparison {
  const causes = told?.causes ?? [];
  const step = night.neverSigned ? { move: told?.move, change: null, ended: [] } : compareMove(night, told?.move, from);
  const hidden = findHidden(night, causes, step.move !== undefined);
  const next = { causes: hidden === null ? causes : [...causes, hidden], ...(step.move !== undefined && { move: step.move }) };
  const isEmpty = next.causes.length === 0 && next.move === undefined;
  // One cause a night: who hears of the move finds what hides the image in its text, and a verdict ends both.
  const change = step.change ?? (hidden === null ? null : opening(hidden));
  return { meanwhile: isEmpty ? null : next, change, ended: step.ended };
}

type Move = Meanwhile["move"];

function compareMove(
  night: UnreadNight,
  told: Move,
  from: Digest | null,
): { readonly move: Move; readonly change: ReleaseChange | null; readonly ended: readonly ReleaseChange[] } {
  const { digest, isNamed } = night;
  if (!isNamed || from === null || digest === (told?.to ?? from)) return { move: told, change: null, ended: [] };
  if (told !== undefined && digest === from) return { move: undefined, change: null, ended: [closing("undone", told.cause)] };
  const cause = matchMove({ ...night, previousDigest: from });
  if (cause === null) return { move: told, change: null, ended: [] };
  const change = { kind: "opened", cause, severity: severityOf(cause, night) } as const;
  return { move: { cause, from, to: digest }, change, ended: [] };
}

/** Each is told once, until a definitive verdict. What the first night of a repository hides is its baseline, and told after `unknownFor`. */
function findHidden(night: UnreadNight, told: readonly UnreadCause[], hasMoved: boolean): UnreadCause | null {
  const { verdict, previous, takeAsBaseline, neverSigned, exempt, isOverdue, run } = night;
  if (verdict.verdict !== "unknown" || neverSigned || exempt) return null;
  const isStill =
    previous?.shown.verdict === "unknown" &&
    previous.shown.reason === verdict.reason &&
    !isSameNight(Date.parse(previous.shown.since), Date.parse(run));
  const isContent = verdict.hiddenBy === "content" || (verdict.hiddenBy === "doubtful" && isStill);
  const isFirstListed = takeAsBaseline && !hasMoved;
  if (isContent && !isFirstListed && !told.some((cause) => cause !== "release-unreadable"))
    return verdict.reason === "evidence-flooded" ? "evidence-flooded" : "evidence-unreadable";
  return isOverdue && told.length === 0 ? "release-unreadable" : null;
}

/**
 * Settles what was told of a release with its definitive verdict: a move that was told is confirmed and not told again; one that was taken
 * back is undone; whatever nothing else ends is over.
 */
export function settleMeanwhile(
  night: Pick<UnreadNight, "digest" | "verdict"> & { readonly order: DigestOrder; readonly signerChange: SignerChange | null },
  told: Meanwhile | null,
  ruling: Ruling,
): { readonly ruling: Ruling; readonly ended: readonly ReleaseChange[] } {
  const { change } = ruling;
  const isGood = night.verdict.verdict === "signed";
  const move = told?.move;
  const causes = change === null ? (told?.causes ?? []) : [];
  const over = causes.map((cause) => closing("recovered", cause));
  if (move === undefined) return { ruling, ended: over };
  if (night.digest === move.from) return { ruling, ended: [closing("undone", move.cause), ...over] };
  if (night.digest === move.to && change?.kind === "opened" && isMoveCause(change.cause)) {
    const confirmed = { kind: "confirmed", cause: move.cause, severity: severityOf(move.cause, night) } as const;
    return { ruling: { cause: move.cause, change: confirmed }, ended: [] };
  }
  return { ruling, ended: change === null ? [closing(isGood ? "recovered" : "withdrawn", move.cause), ...over] : [] };
}

export function closing(kind: Exclude<ReleaseChange["kind"], "opened" | "flipped">, cause: Cause): ReleaseChange {
  return { kind, cause, severity: CAUSES[cause].severity };
}

function opening(cause: UnreadCause): ReleaseChange {
  return { kind: "opened", cause, severity: CAUSES[cause].severity };
}
