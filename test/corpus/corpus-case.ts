import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One line of CASES.jsonl as far as a judge may see it: what is expected of him is not among it. */
export interface CorpusCase {
  readonly case: string;
  readonly form: "bundle" | "simple-signing" | "attestation" | "layout" | "gpg" | "notation" | "listing";
  readonly subject: { readonly file?: string; readonly manifest?: string; readonly digest?: string; readonly any?: true };
  readonly trust: CorpusTrust;
  readonly identity: { readonly issuer?: string; readonly subject?: string; readonly subjectPattern?: string } | null;
  readonly accept: "signature" | "attestation";
  readonly predicateType?: string;
  readonly now?: string;
  readonly bundle?: string | null;
  readonly line?: number;
  readonly manifest?: string;
  readonly blobs?: readonly (string | null)[];
  readonly layout?: string;
  readonly trace?: string;
}

export interface CorpusTrust {
  readonly root?: string;
  readonly keys?: readonly string[];
  readonly certificates?: readonly string[];
  readonly log?: "required" | "optional" | "none";
  readonly sct?: "required" | "none";
  readonly keysValid?: { readonly from: string; readonly to: string };
  readonly gpg?: unknown;
  readonly notation?: unknown;
}

export interface CorpusLine {
  readonly corpusCase: CorpusCase;
  /** Verdicts that are right. */
  readonly expected: readonly string[];
}

/** Reads the cases of a corpus folder. */
export function readCorpus(folder: string): CorpusLine[] {
  return readFileSync(join(folder, "CASES.jsonl"), "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const { expected, why: _, ...corpusCase } = JSON.parse(line) as CorpusCase & { expected: string | string[]; why?: string };
      return { corpusCase, expected: [expected].flat() };
    });
}
