import type { Digest } from "../oci/digest.ts";
import type { ReferrersAnswer, RepositoryClient } from "../registry/repository-client.ts";

/** What is known of the referrers API of one repository, from earlier nights and from this run. */
export interface ReferrersCapability {
  /** A listed referrer was once fetched and named its subject: from then on a 404 is a failure. */
  readonly learned: boolean;
  /** Learned in this run and not before. */
  readonly learnedNow: boolean;
  /** Answers of this run: lists, and 404s in the registry's own words. */
  readonly listed: number;
  readonly missing: number;
  learn(): void;
  /**
   * Asks the API, unless this run already showed that the repository has none. `direct` asks in any case:
   * before `unsigned` is said for the first time nothing is taken from another release's answer.
   */
  ask(digest: Digest, options: { direct: boolean }): Promise<ReferrersAnswer>;
}

/** One for each repository and run. While the first answer is under way the others wait for it: it may spare them. */
export function createReferrersCapability(client: RepositoryClient, learnedBefore: boolean): ReferrersCapability {
  let learned = learnedBefore;
  let listed = 0;
  let missing = 0;
  let absent: Extract<ReferrersAnswer, { kind: "unsupported" }> | null = null;
  let first: Promise<unknown> | null = null;

  async function askNow(digest: Digest): Promise<ReferrersAnswer> {
    const answer = await client.listReferrers(digest);
    if (answer.kind === "listed") listed++;
    if (answer.kind === "unsupported") {
      if (answer.wellFormed) missing++;
      absent ??= answer;
    }
    return answer;
  }

  return {
    get learned() {
      return learned;
    },
    get learnedNow() {
      return learned && !learnedBefore;
    },
    get listed() {
      return listed;
    },
    get missing() {
      return missing;
    },
    learn() {
      learned = true;
    },
    async ask(digest, { direct }) {
      if (direct) return askNow(digest);
      if (first === null) {
        const answer = askNow(digest);
        first = answer;
        return answer;
      }
      await first;
      if (absent !== null && listed === 0 && !learned) return absent;
      return askNow(digest);
    },
  };
}
