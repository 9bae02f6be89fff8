import { CAUSES } from "../history/cause.ts";
import type { Finding } from "../history/state.ts";
import type { JudgedDocument } from "../audit/exit-code.ts";
import type { WhatIfDocument } from "./what-if.ts";

/**
 * Returns what the exit code of a what-if rests on. A release that turns red counts as a regression. What is open stays open, except states
 * of releases that would be signed or exempt. `live` are the open and acknowledged findings. Pure.
 */
export function judgeWhatIf({ releases, unseen }: WhatIfDocument, live: readonly Finding[]): JudgedDocument {
  const turned = releases.filter(({ before, after }) => after.colour === "red" && before.colour !== "red");
  const green = new Set(releases.filter(({ after }) => after.colour === "green").map((release) => keyOf(release)));
  const unknown = releases.filter(({ after }) => after.verdict === "unknown").length;
  return {
    run: { complete: unseen.length === 0 && unknown === 0 },
    summary: { unknown },
    releases: releases.map(({ after }) => after),
    findings: [
      ...turned.map(() => ({ cause: "release-untrusted", severity: "alert", status: "open" })),
      ...live.filter((finding) => CAUSES[finding.cause].lasting === "event" || !green.has(keyOf(finding))),
    ],
  };
}

function keyOf({ repository, tag }: { readonly repository: string; readonly tag: string | null }): string {
  return `${repository}\n${tag ?? ""}`;
}
