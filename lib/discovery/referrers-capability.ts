import type { Digest } from "../oci/digest.ts";
import type { ReferrersAnswer, RepositoryClient } from "../registry/repository-client.ts";

/** What is known about the referrers API of one repository, from earlier nights and from this run. */
export interface ReferrersCapability {
  /** Whether a listed referrer was ever fetched and named its subject. From then on, a 404 is a failure. */
  readonly learned: boolean;
  /** Whether it was learned in this run and not before. */
  readonly learnedNow: boolean;
  /** How many answers of this run were lists, and how many were 404s in the registry's own words. */
  readonly listed: number;
  readonly missing: number;
  learn(): void;
  /**
   * Asks the API, unless this run already showed that the repository has none. With `direct` it is asked in any case: before `unsigned` is
   * said for the first time, the answer about another release proves nothing.
   */
  ask(digest: Digest, options: { direct: boolean }): Promise<ReferrersAnswer>;
}

/** Creates the capability of one repository for one run. All questions wait for the answer to the first, which may spare them. */
export function createReferrersCapability(client: RepositoryClient, learnedBefore: boolean): ReferrersCapability {
  let absent: Extract<ReferrersAnswer, { kind: "unsupported" }> | null = null;
  let first: Promise<unknown> | null = null;

  async function askNow(digest: Digest): Promise<ReferrersAnswer> {
    const answer = await client.listReferrers(digest);
    if (answer.kind === "listed") capability.listed++;
    if (answer.kind === "unsupported") {
      if (answer.wellFormed) capability.missing++;
      absent ??= answer;
    }
    return answer;
  }

  const capability = {
    learned: learnedBefore,
    listed: 0,
    missing: 0,
    get learnedNow(): boolean {
      return capability.learned && !learnedBefore;
    },
    learn(): void {
      capability.learned = true;
    },
    async ask(digest: Digest, { direct }: { direct: boolean }): Promise<ReferrersAnswer> {
      if (direct) return askNow(digest);
      if (first === null) {
        const answer = askNow(digest);
        first = answer;
        return answer;
      }
      await first;
      return absent !== null && capability.listed === 0 && !capability.learned ? absent : askNow(digest);
    },
  };
  return capability;
}
