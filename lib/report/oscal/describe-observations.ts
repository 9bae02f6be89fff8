import { tallyReleases } from "../summarise.ts";
import type { ReportModel, ReportRepository } from "../report-model.ts";
import { deriveUuid } from "./derive-uuid.ts";
import { formatLine, listProperties } from "./oscal-property.ts";

/** Returns the UUID of a repository as a component. */
export function uuidOfRepository({ repository }: Pick<ReportRepository, "repository">): string {
  return deriveUuid("repository", repository);
}

/** Returns the UUID of the observation of a repository in a report. */
export function uuidOfObservation({ period, asOf }: ReportModel, repository: string): string {
  return deriveUuid("observation", period.from, period.to, asOf, repository);
}

/** Describes the observation of a repository: the number of its releases in each state, and the signatures that prove it, by digest. */
export function describeObservation(report: ReportModel, repository: ReportRepository): object {
  const { releases } = repository;
  const { wrong, right } = tallyReleases(releases);
  const evidence = new Map(
    releases.flatMap(({ tag, signers }) =>
      signers.map(({ artifact, signer }) => [artifact, `${repository.repository}:${tag} signed by ${signer}`] as const),
    ),
  );
  const checked = releases.flatMap(({ lastChecked }) => lastChecked ?? []).toSorted();
  return {
    uuid: uuidOfObservation(report, repository.repository),
    title: formatLine(repository.repository),
    description: `${right.signed} of ${releases.length} releases signed whenever it could be told; ${wrong.unsigned.releases} unsigned and ${wrong.untrusted.releases} untrusted for a time.`,
    props: listProperties({
      releases: releases.length,
      signed: right.signed,
      unsigned: wrong.unsigned.releases,
      untrusted: wrong.untrusted.releases,
      exempt: right.exempt,
      pending: right.pending,
      unknown: right.unknown,
      "nights-seen": repository.nights.filter((night) => night?.listed === true).length,
    }),
    methods: ["TEST"],
    types: ["control-objective"],
    subjects: [{ "subject-uuid": uuidOfRepository(repository), type: "component" }],
    ...(evidence.size > 0 && {
      "relevant-evidence": [...evidence].map(([digest, description]) => ({ href: digest, description: formatLine(description) })),
    }),
    collected: checked.at(-1) ?? report.asOf,
  };
}
