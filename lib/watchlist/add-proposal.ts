import { Document, isMap, isScalar, isSeq, parseDocument, YAMLMap, type YAMLSeq } from "yaml";

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

const HEADER = " yaml-language-server: $schema=./sealwatch.schema.json";

/**
 * Adds proposals to the text of a watch list (null: a new one). What is there stays, comments included: a repository that is on the list
 * keeps its entry and is named in `present`; a policy whose name is taken gets another one.
 */
export function addProposals(text: string | null, proposals: readonly Proposal[]): AddedProposal {
  const document = text === null || text.trim() === "" ? newDocument() : parseDocument(text);
  if (document.errors.length > 0) return { kind: "malformed", detail: document.errors[0]!.message.split("\n")[0]! };
  if (!isMap(document.contents)) return { kind: "malformed", detail: "it is no mapping of keys" };
  const policies = obtain(document, "policies", () => new YAMLMap());
  const repositories = obtain(document, "repositories", () => document.createNode([]));
  if (!isMap(policies) || !isSeq(repositories)) return { kind: "malformed", detail: "policies is no mapping, or repositories no list" };
  const known = new Set(namesIn(repositories));
  const present = proposals.flatMap((proposal) => proposal.repositories.filter((name) => known.has(name)));
  for (const proposal of proposals) {
    const added = proposal.repositories.filter((name) => !known.has(name));
    if (added.length === 0) continue;
    const name = freeName(proposal.name, policies);
    const key = document.createNode(name);
    if (proposal.comments.length > 0) key.commentBefore = proposal.comments.map((line) => ` ${line}`).join("\n");
    policies.add(document.createPair(key, proposal.policy));
    for (const repository of added) repositories.add(document.createNode({ repository, policy: name }));
  }
  policies.flow = false;
  repositories.flow = false;
  return { kind: "added", text: document.toString({ lineWidth: 0 }), present };
}

function newDocument(): Document {
  const document = new Document({ version: 1 });
  document.commentBefore = HEADER;
  return document;
}

function obtain(document: Document, key: string, create: () => unknown): unknown {
  const found: unknown = document.get(key, true);
  if (found !== undefined && !(isScalar(found) && found.value === null)) return found;
  const created = create();
  document.set(key, created);
  return created;
}

/** `repository` of an entry is one name or a list of them. */
function namesIn(repositories: YAMLSeq): string[] {
  return repositories.items.flatMap((item) => {
    const named: unknown = isMap(item) ? item.get("repository") : undefined;
    if (typeof named === "string") return [named];
    return isSeq(named) ? named.items.flatMap((entry) => (isScalar(entry) && typeof entry.value === "string" ? [entry.value] : [])) : [];
  });
}

function freeName(wanted: string, policies: YAMLMap): string {
  let name = wanted;
  for (let number = 2; policies.has(name); number++) name = `${wanted}-${number}`;
  return name;
}
