/** Who made a signature, as the unsigned data beside it says. It never decides whom to trust, only how a failure is named. */
export type SignerClaim =
  | { readonly kind: "none" }
  | { readonly kind: "hint"; readonly hint: string }
  /** PEM text or DER bytes of the signing certificate. */
  | { readonly kind: "certificate"; readonly certificate: string | Uint8Array };
