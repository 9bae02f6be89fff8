/**
 * What a storm says (architecture section 5). In one run, `total` releases turned for the worse, out of the `of` releases that the registry
 * or signer `about` has. They were read again: `real` proved worse, `recovered` were as before, and `unread` could not be read.
 */
export interface StormFacts {
  readonly total: number;
  readonly of: number;
  readonly real: number;
  readonly recovered: number;
  readonly unread: number;
  readonly about: string;
}
