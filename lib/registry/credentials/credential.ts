/** The credentials of a registry. `unavailable`: some are configured but cannot be used, and nothing falls back to anonymous. */
export type Credential =
  | {
      readonly kind: "anonymous";
      /** Why, for people: `no login for ghcr.io in /home/me/.docker/config.json`. */
      readonly why?: string;
    }
  | {
      readonly kind: "basic";
      readonly username: string;
      readonly password: string;
      /** The time from which new ones are asked for, in epoch milliseconds; absent if they never end. */
      readonly renewAt?: number;
      /** The identity of AWS that got the password from ECR: a role, or null for the run's own; absent if AWS was not asked. */
      readonly aws?: { readonly role: string | null };
    }
  | { readonly kind: "identity-token"; readonly username: string; readonly token: string }
  | { readonly kind: "unavailable"; readonly detail: string };

export const ANONYMOUS: Credential = { kind: "anonymous" };

/** Loads credentials by the exact name of a registry, only after a challenge, once for each registry of a run, and again when they end. */
export interface CredentialSource {
  /** `setting` is the text in the watch list (`docker`, `env:USER,PASSWORD`, …), or null for the default. It never throws. */
  load(registry: string, setting: string | null): Promise<Credential>;
}
