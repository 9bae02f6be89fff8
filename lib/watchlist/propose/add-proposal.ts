import { isMap, isScalar, isSeq } from "yaml";
import { parseRepository } from "../../oci/reference.ts";
import { insertProposals, type Proposal } from "./insert-proposals.ts";
import { loadFiles } from "../read/load-files.ts";
import { loadWatchList } from "../load-watch-list.ts";
import { listEntries } from "../read/read-value.ts";
import type { WatchListFiles, YamlValue } from "../read/source-file.ts";
import type { Problem } from "../watch-list.ts";

export type { Proposal } from "./insert-proposals.ts";

export type AddedProposal =
  /** `present`: repositories that are on the list already. `text` is null if there is nothing else to write. */
  | { readonly kind: "added"; readonly text: string | null; readonly present: readonly string[] }
  /** `problems`: why the file, or the result, would be refused. `byHand`: what to add to it by hand. */
  | { readonly kind: "refused"; readonly problems: readonly Problem[]; readonly byHand: string };

/**
 * Adds proposals to a watch list (an absolute path; a new list if there is no file). A repository that is on the list, in any of its files,
 * keeps its entry and is named in `present`. A policy whose name is taken gets another name. The result is returned only if it loads
 * without new errors.
 */
export function addProposals(path: string, files: WatchListFiles, proposals: readonly Proposal[]): AddedProposal {
  const before = files.read(path);
  const taken = before === null ? { repositories: new Set<string>(), policies: new Set<string>() } : readNames(path, files);
  const present = proposals.flatMap(({ repositories }) => repositories.filter((name) => taken.repositories.has(name)));
  const added = proposals
    .map((proposal) => ({ ...proposal, repositories: proposal.repositories.filter((name) => !taken.repositories.has(name)) }))
    .filter(({ repositories }) => repositories.length > 0);
  if (added.length === 0) return { kind: "added", text: null, present };
  const named = nameAll(added, taken.policies);
  const refuse = (problems: readonly Problem[]): AddedProposal => ({
    kind: "refused",
    problems,
    byHand: (insertProposals(null, named) ?? "").replace(/^(?:#.*\n)?version: 1\n/, ""),
  });
  const known = before === null ? [] : errorsOf(path, files);
  if (known.some(({ code, file }) => code === "yaml-syntax" && file === path)) return refuse(known);
  const text = insertProposals(before, named);
  if (text === null) return refuse(known);
  const fresh = withoutKnown(errorsOf(path, { ...files, read: (asked) => (asked === path ? text : files.read(asked)) }), known);
  return fresh.length === 0 ? { kind: "added", text, present } : refuse(fresh);
}

/** Formats a watch list of the proposals alone. It may contain blanks for people to fill in. */
export function formatProposals(proposals: readonly Proposal[]): string {
  return insertProposals(null, nameAll(proposals, new Set())) ?? "";
}

/** Returns the repositories and policies that the files of a watch list name, even if the list has errors. */
function readNames(path: string, files: WatchListFiles): { repositories: Set<string>; policies: Set<string> } {
  const loaded = loadFiles(path, files, []);
  const policies = loaded.flatMap(({ fields }) => (fields.policies === undefined ? [] : listEntries(fields.policies)));
  const repositories = loaded.flatMap(({ fields }) => (fields.repositories === undefined ? [] : repositoriesIn(fields.repositories)));
  return { repositories: new Set(repositories), policies: new Set(policies.map(({ name }) => name)) };
}

/** Returns the names in the entries of `repositories:`: `repository` is one name or a list. */
function repositoriesIn({ node }: YamlValue): string[] {
  const items: readonly unknown[] = isSeq(node) ? node.items : [];
  return items.flatMap(namedIn).flatMap((text) => {
    const parsed = parseRepository(text);
    return parsed.kind === "parsed" ? [parsed.repository.name] : [];
  });
}

function namedIn(item: unknown): string[] {
  const named: unknown = isMap(item) ? item.get("repository", true) : undefined;
  const values: readonly unknown[] = isSeq(named) ? named.items : [named];
  return values.flatMap((value) => (isScalar(value) && typeof value.value === "string" ? [value.value] : []));
}

/** Gives each proposal a name that is not taken, not even by another proposal. */
function nameAll(proposals: readonly Proposal[], policies: ReadonlySet<string>): Proposal[] {
  const taken = new Set(policies);
  return proposals.map((proposal) => {
    let { name } = proposal;
    for (let number = 2; taken.has(name); number++) name = `${proposal.name}-${number}`;
    taken.add(name);
    return { ...proposal, name };
  });
}

function errorsOf(path: string, files: WatchListFiles): readonly Problem[] {
  const loaded = loadWatchList(path, files);
  return loaded.kind === "loaded" ? [] : loaded.problems.filter(({ severity }) => severity === "error");
}

/** Returns the problems that are new. Lines move if something is inserted before them, so a problem is recognised by its file and text. */
function withoutKnown(problems: readonly Problem[], known: readonly Problem[]): readonly Problem[] {
  const keyOf = ({ file, code, message }: Problem): string => JSON.stringify([file, code, message.replaceAll(/line \d+/g, "line")]);
  const before = new Set(known.map(keyOf));
  return problems.filter((problem) => !before.has(keyOf(problem)));
}
