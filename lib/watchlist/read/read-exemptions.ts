import type { Repository } from "../../oci/reference.ts";
import { readRepository } from "./read-location.ts";
import { readDay } from "./read-quantity.ts";
import { readGlobs } from "./read-tag-selection.ts";
import { readItems, readMapping, readText } from "./read-value.ts";
import { reportWarning, type YamlValue } from "./source-file.ts";
import type { Exemption } from "../watch-list.ts";

/**
 * Reads the `exemptions:` of all files. Each says what is exempt, why, for whom and until when. Warns if the repository is not watched, and
 * if the exemption has ended by `now` (epoch milliseconds; null if nobody asks).
 */
export function readExemptions(
  values: readonly YamlValue[],
  isWatched: (repository: Repository) => boolean,
  now: number | null,
): Exemption[] {
  const items = values.flatMap((value) => readItems(value, { empty: true }) ?? []);
  return items.flatMap((at) => {
    const fields = readMapping(at, ["repository", "tags", "reason", "owner", "ticket", "until"], {
      required: ["repository", "tags", "reason", "owner", "until"],
    });
    const repository = readRepository(fields?.repository);
    const tags = readGlobs(fields?.tags);
    const [reason, owner, ticket] = [readText(fields?.reason), readText(fields?.owner), readText(fields?.ticket)];
    const until = readDay(fields?.until);
    if (repository !== null && !isWatched(repository)) {
      const message = `found an exemption for ${repository.name}, which is not watched`;
      reportWarning(fields!.repository!, "unused-exemption", message, "remove it, or write the name of a watched repository");
    }
    if (until !== null && now !== null && until.last < now) {
      const message = `found an exemption that ended after ${new Date(until.last).toISOString().slice(0, 10)}: its releases are judged like any other`;
      reportWarning(fields!.until!, "ended-exemption", message, "remove it, or write a later day if it is meant to go on");
    }
    if (repository === null || tags === null || reason === null || owner === null || until === null) return [];
    return [{ repository: repository.name, tags, reason, owner, ticket, until: until.last }];
  });
}
