import { isMap, isScalar, isSeq, parseDocument, stringify, type Document, type YAMLMap, type YAMLSeq } from "yaml";

/** A policy and the repositories that it is for, to be written. */
export interface Proposal {
  readonly name: string;
  /** Written above the policy, one line each. */
  readonly comments: readonly string[];
  readonly policy: object;
  readonly repositories: readonly string[];
}

const NEW = "# yaml-language-server: $schema=./sealwatch.schema.json\nversion: 1\n";
const FORMAT = { lineWidth: 0 } as const;

/**
 * Returns the text of a watch list (null for a new one) with the proposals inserted. The existing text stays as it is, line ends included.
 * Only if a block is written in { } or [ ], or is empty, is the document formatted again, because there is no line to insert at. Returns
 * null if the text has no place for the proposals; the caller must check that the result is a watch list.
 */
export function insertProposals(text: string | null, proposals: readonly Proposal[]): string | null {
  const before = startOf(text);
  const document = parseDocument(before);
  if (document.errors.length > 0 || !isMap(document.contents)) return null;
  const policies: unknown = document.get("policies", true);
  const repositories: unknown = document.get("repositories", true);
  if (!mayHold(policies, isMap) || !mayHold(repositories, isSeq)) return null;
  const written = [policies, repositories].every((block) => block === undefined || isInLines(block))
    ? insertLines(before, proposals, policies as YAMLMap | undefined, repositories as YAMLSeq | undefined)
    : addToDocument(document, proposals);
  return /^[^\n]*\r\n/.test(before) ? written.replaceAll(/\r?\n/g, "\r\n") : written;
}

/** Returns the text to start from. Text that has only comments is kept. */
function startOf(text: string | null): string {
  if (text === null || text.trim() === "") return NEW;
  return parseDocument(text).contents === null ? `${endLine(text)}version: 1\n` : text;
}

/** Reports whether a block can take proposals, as a key without a value can. */
function mayHold(block: unknown, isKind: (block: unknown) => boolean): boolean {
  return block === undefined || isEmptyValue(block) || isKind(block);
}

function isEmptyValue(block: unknown): boolean {
  return block === null || (isScalar(block) && block.value === null);
}

function isInLines(block: unknown): boolean {
  return (isMap(block) || isSeq(block)) && block.flow !== true && block.items.length > 0;
}

/** Inserts into the existing blocks, the later one first, so that positions stay right; then appends the missing blocks. */
function insertLines(before: string, proposals: readonly Proposal[], policies?: YAMLMap, repositories?: YAMLSeq): string {
  const parts = [
    {
      key: "policies",
      block: policies,
      lines: proposals.map(
        ({ name, comments, policy }) => `${comments.map((line) => `# ${line}\n`).join("")}${stringify({ [name]: policy }, FORMAT)}`,
      ),
    },
    {
      key: "repositories",
      block: repositories,
      lines: proposals.flatMap(({ name, repositories: of }) => of.map((repository) => stringify([{ repository, policy: name }], FORMAT))),
    },
  ];
  const inserted = parts
    .flatMap(({ block, lines }) => (block === undefined ? [] : [insertionInto(before, block, lines)]))
    .toSorted((left, right) => right.at - left.at)
    .reduce((current, { at, text }) => current.slice(0, at) + text + current.slice(at), before);
  const missing = parts.filter(({ block }) => block === undefined);
  return missing.reduce(
    (current, { key, lines }) => `${endLine(current)}${key}:\n${lines.map((part) => indent(part, 2)).join("")}`,
    inserted,
  );
}

/** Returns the insertion after the last item of a block, indented as its items are. */
function insertionInto(text: string, block: YAMLMap | YAMLSeq, parts: readonly string[]): { at: number; text: string } {
  const [start, end] = block.range!;
  const column = start - (text.lastIndexOf("\n", start - 1) + 1);
  const newline = text.indexOf("\n", endOfContent(text, end));
  const at = newline < 0 ? text.length : newline + 1;
  return { at, text: `${newline < 0 ? "\n" : ""}${parts.map((part) => indent(part, column)).join("")}` };
}

/** Returns the end without the empty lines that a block's range may include. */
function endOfContent(text: string, end: number): number {
  return text.slice(0, end).trimEnd().length;
}

function addToDocument(document: Document.Parsed, proposals: readonly Proposal[]): string {
  for (const [key, empty] of [
    ["policies", {}],
    ["repositories", []],
  ] as const) {
    const block: unknown = document.get(key, true);
    // An empty block in brackets would keep them, and everything added would be on one line.
    if (!(isMap(block) || isSeq(block)) || block.items.length === 0) document.set(key, document.createNode(empty));
  }
  const [policies, repositories] = [document.get("policies") as YAMLMap, document.get("repositories") as YAMLSeq];
  for (const { name, comments, policy, repositories: of } of proposals) {
    const key = document.createNode(name);
    if (policies.flow !== true) key.commentBefore = comments.map((line) => ` ${line}`).join("\n");
    policies.add(document.createPair(key, policy));
    for (const repository of of) repositories.add(document.createNode({ repository, policy: name }));
  }
  return document.toString(FORMAT);
}

function endLine(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

function indent(text: string, columns: number): string {
  return text.replaceAll(/^(?=.)/gm, " ".repeat(columns));
}
