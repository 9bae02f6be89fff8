/** What a rule of the registry will remove of releases that stay, as far as it was known when it was told. */
export interface RetentionFacts {
  /** Where they are stored. */
  readonly repository: string;
  /** The rule, in the words of whoever wrote it: foreign text. */
  readonly rule: string;
  /** `archives`: they are kept, but not served. */
  readonly how: "deletes" | "archives";
  /** When the first may be gone, as ISO time. */
  readonly at: string;
  /** How many. */
  readonly signatures: number;
  /** Tags of the releases; at most 20, and the number of further ones. */
  readonly releases: readonly string[];
  readonly more: number;
}
