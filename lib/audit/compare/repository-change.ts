import type { Cause } from "../../history/cause.ts";
import type { ChangeFacts } from "../../history/state.ts";

/** A change of a whole repository, with what is particular about it. */
export interface RepositoryChange {
  readonly cause: Cause;
  readonly kind: "opened" | "recovered" | "withdrawn";
  /** One sentence without trailing stop. */
  readonly explanation: string;
  readonly about?: string;
  readonly facts?: Partial<ChangeFacts>;
}

/** A signer whose signatures are in another place than before. */
export type VisibilityChange = RepositoryChange & { readonly about: string };
