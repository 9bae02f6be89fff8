/** What is known for a registry. `unavailable`: something is configured, but it cannot be used; nobody falls back to anonymous then. */
export type Credential =
  | { readonly kind: "anonymous" }
  | {
      readonly kind: "basic";
      readonly username: string;
      readonly password: string;
      /** Epoch milliseconds from which a new one is asked for; absent where it has no end. */
      readonly renewAt?: number;
    }
  | { readonly kind: "identity-token"; readonly username: string; readonly token: string }
  | { readonly kind: "unavailable"; readonly detail: string };

export const ANONYMOUS: Credential = { kind: "anonymous" };

/** Credentials by the exact name of a registry; asked once a run and registry, again where they end, and only after a challenge. */
export interface CredentialSource {
  /** `setting` is what the watch list says (`docker`, `env:USER,PASSWORD`, …), or null for the default. Never throws. */
  load(registry: string, setting: string | null): Promise<Credential>;
}
