import { COMBINATIONS } from "./combinations.ts";
import { COVERAGE } from "./coverage.ts";
import { EXEMPTIONS } from "./exemptions.ts";
import { LIFE } from "./life.ts";
import { MOVES } from "./moves.ts";
import { PLACES } from "./places.ts";
import { RELEASES } from "./releases.ts";
import { REMOVALS } from "./removals.ts";
import { REPORTS } from "./reports.ts";
import { SIGNERS } from "./signers.ts";
import { UNJUDGED } from "./unjudged.ts";
import { UNREAD } from "./unread.ts";
import { WATCH_LISTS } from "./watch-lists.ts";

/** Every timeline, by what it is about. */
export const GROUPS = {
  "releases and their signatures": RELEASES,
  "referrers, platforms and floods": PLACES,
  "tags that move": MOVES,
  "tags that go and come back": REMOVALS,
  "signers and places": SIGNERS,
  exemptions: EXEMPTIONS,
  "watch lists, roots and verifiers": WATCH_LISTS,
  "registries that fail": COVERAGE,
  "releases that nobody can judge": UNREAD,
  "images that go unjudged": UNJUDGED,
  "findings and runs": LIFE,
  "scheduled reports": REPORTS,
  "several things at once": COMBINATIONS,
};
