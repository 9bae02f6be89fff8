import { isMap, isScalar, isSeq, parseDocument, stringify, type Document, type YAMLMap, type YAMLSeq } from "yaml";

/** A policy and the repositories that it is for, as they are to be written. */
export interface Proposal {
  readonly name: string;
  /** Said above the policy, one line each. */
  readonly comments: readonly string[];
  readonly policy: object;
  readonly repositories: readonly string[];
}

export type AddedProposal =
  | { readonly kind: "added"; readonly text: string; readonly present: readonly string[] }
  | { readonly kind: "malformed"; readonly detail: string };

const NEW = "# yaml-language-server: $schema=./sealwatch.schema.json\nversion: 1\n";

/**
 * Adds proposals to the text of a watch list (null: a new one). What is there stays as it is written: text is put in, nothing is formatted
 * anew. A repository that is on the list keeps its entry and is named in `present`; a policy whose name is taken gets another one.
 */
export function addProposals(text: string | null, proposals: readonly Proposal[]): AddedProposal {
  const before = text === null || text.trim() === "" ? NEW : text;
  const document = parseDocument(before);
  if (document.errors.length > 0) return { kind: "malformed", detail: document.errors[0]!.message.split("\n")[0]! };
  if (!isMap(document.contents)) return { kind: "malformed", detail: "it is no mapping of keys" };
  const policies = find(document, "policies");
  const repositories = find(document, "repositories");
  if ((policies !== null && !isMap(policies)) || (repositories !== null && !isSeq(repositories)))
    return { kind: "malformed", detail: "policies is no mapping, or repositories no list" };
  const known = new Set(repositories === null ? [] : namesIn(repositories));
  const present = proposals.flatMap((proposal) => proposal.repositories.filter((name) => known.has(name)));
  const added = proposals
    .map((proposal) => ({ ...proposal, repositories: proposal.repositories.filter((name) => !known.has(name)) }))
    .filter((proposal) => proposal.repositories.length > 0);
  if (added.length === 0) return { kind: "added", text: before, present };
  const named = nameAll(added, policies);
  const inLines = [policies, repositories].every((block) => block === null || (block.flow !== true && block.items.length > 0));
  return { kind: "added", text: inLines ? insert(before, named, policies, repositories) : addToDocument(document, named), present };
}

/** The later place first, so that the earlier one is still where it was. */
function insert(before: string, named: readonly Proposal[], policies: YAMLMap | null, repositories: YAMLSeq | null): string {
  const entries = named.flatMap(({ name, repositories: of }) => of.map((repository) => stringify([{ repository, policy: name }], FORMAT)));
  const blocks = named.map(
    ({ name, comments, policy }) => `${comments.map((line) => `# ${line}\n`).join("")}${stringify({ [name]: policy }, FORMAT)}`,
  );
  const insertions = [insertionInto(before, "policies", policies, blocks), insertionInto(before, "repositories", repositories, entries)];
  return insertions
    .toSorted((left, right) => right.at - left.at || (left.key < right.key ? 1 : -1))
    .reduce((current, { at, text }) => current.slice(0, at) + text + current.slice(at), before);
}

/** Where a block is written in { } or [ ] there is no line to put in: the document is written anew, comments included. */
function addToDocument(document: Document.Parsed, named: readonly Proposal[]): string {
  for (const { name, policy, repositories } of named) {
    document.setIn(["policies", name], policy);
    for (const repository of repositories) document.addIn(["repositories"], document.createNode({ repository, policy: name }));
  }
  return document.toString(FORMAT);
}

const FORMAT = { lineWidth: 0 } as const;

type Block = YAMLMap | YAMLSeq;

function find(document: Document.Parsed, key: string): unknown {
  const found: unknown = document.get(key, true);
  return found === undefined || (isScalar(found) && found.value === null) ? null : found;
}

/** Names that are free, also among themselves. */
function nameAll(proposals: readonly Proposal[], policies: YAMLMap | null): Proposal[] {
  const taken = new Set<string>();
  return proposals.map((proposal) => {
    let { name } = proposal;
    for (let number = 2; taken.has(name) || policies?.has(name) === true; number++) name = `${proposal.name}-${number}`;
    taken.add(name);
    return { ...proposal, name };
  });
}

/** After the last item of a block, as far in as its items stand; where there is no such block, at the end of the file under its key. */
function insertionInto(
  text: string,
  key: string,
  block: Block | null,
  parts: readonly string[],
): { key: string; at: number; text: string } {
  if (block === null) {
    const own = `${key}:\n${parts.map((part) => indent(part, 2)).join("")}`;
    return { key, at: text.length, text: text.endsWith("\n") ? own : `\n${own}` };
  }
  const [start, end] = block.range!;
  const column = start - (text.lastIndexOf("\n", start - 1) + 1);
  const newline = text.indexOf("\n", endOfContent(text, end));
  const at = newline < 0 ? text.length : newline + 1;
  return { key, at, text: `${newline < 0 ? "\n" : ""}${parts.map((part) => indent(part, column)).join("")}` };
}

/** A block's range may run on over empty lines. */
function endOfContent(text: string, end: number): number {
  return text.slice(0, end).trimEnd().length;
}

function indent(text: string, columns: number): string {
  return text.replaceAll(/^(?=.)/gm, " ".repeat(columns));
}

/** `repository` of an entry is one name or a list of them. */
function namesIn(repositories: YAMLSeq): string[] {
  return repositories.items.flatMap((item) => {
    const named: unknown = isMap(item) ? item.get("repository") : undefined;
    if (typeof named === "string") return [named];
    return isSeq(named) ? named.items.flatMap((entry) => (isScalar(entry) && typeof entry.value === "string" ? [entry.value] : [])) : [];
  });
}
