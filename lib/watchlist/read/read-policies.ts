import { quoteFound } from "./quote-found.ts";
import { readPolicy } from "./read-policy.ts";
import type { FoundPolicies } from "./read-repositories.ts";
import { listEntries, readEntries } from "./read-value.ts";
import { nameOf, reportError, reportWarning, type Spot, type YamlValue } from "./source-file.ts";
import type { Policy } from "../watch-list.ts";

/** Reads the `policies:` of all files. Their names must differ across files. */
export function readPolicies(values: readonly YamlValue[]): FoundPolicies {
  const policies = new Map<string, Policy | null>();
  const spots = new Map<string, Spot>();
  for (const { name, key, value } of values.flatMap((mapping) => readEntries(mapping) ?? [])) {
    const policy = readPolicy(name, { ...value, label: `policy ${name}` });
    const before = spots.get(name);
    if (before === undefined) {
      spots.set(name, key);
      policies.set(name, policy);
    } else if (before.file !== key.file) {
      // Within one file it is a duplicate key, which is reported as such.
      reportError(key, "duplicate-name", `found a second policy ${quoteFound(name)}, as in ${nameOf(before, key)}`, "write another name");
    }
  }
  return policies;
}

/** Warns of policies that no repository names, because a name may be misspelt. */
export function reportUnusedPolicies(values: readonly YamlValue[], used: ReadonlySet<string | null>): void {
  for (const { name, key } of values.flatMap(listEntries)) {
    const message = `found the policy ${quoteFound(name)}, which no repository uses`;
    if (!used.has(name)) reportWarning(key, "unused-policy", message, "remove it, or name it under policy:");
  }
}
