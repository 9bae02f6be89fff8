import type { Change, Finding } from "../../history/state.ts";
import { isLive } from "../../history/findings/finding-life.ts";

/** The open and acknowledged findings while changes are concluded. They are indexed by release, because a storm has thousands of both. */
export class LiveFindings {
  readonly #byRelease = new Map<string, Map<string, Finding>>();
  readonly #aboutPolicies = new Map<string, Finding>();

  constructor(findings: readonly Finding[]) {
    for (const finding of findings) this.#put(finding);
  }

  /** Returns the findings of the release or repository that a change is about. */
  of({ repository, tag }: Pick<Change, "repository" | "tag">): Finding[] {
    return [...(this.#byRelease.get(keyOf(repository, tag))?.values() ?? [])];
  }

  /** Returns the findings about policies, roots or verifiers: each is one for all releases that it concerns. */
  aboutPolicies(): Finding[] {
    return [...this.#aboutPolicies.values()];
  }

  /** Takes over findings as they are stored now. */
  apply(findings: readonly Finding[]): void {
    for (const finding of findings) this.#put({ ...finding, version: finding.version + 1 });
  }

  #put(finding: Finding): void {
    if (finding.facts.policy !== undefined) this.#aboutPolicies.set(finding.id, finding);
    const key = keyOf(finding.repository, finding.tag);
    const findings = this.#byRelease.get(key) ?? new Map<string, Finding>();
    if (isLive(finding)) findings.set(finding.id, finding);
    else findings.delete(finding.id);
    this.#byRelease.set(key, findings);
  }
}

function keyOf(repository: string, tag: string | null): string {
  return `${repository}\n${tag ?? ""}`;
}
