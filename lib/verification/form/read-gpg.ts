import { unusable, type SignedFormReader } from "./read-evidence.ts";

/** GPG simple signing, which this version does not verify. https://github.com/containers/image/blob/main/docs/containers-signature.5.md */
export const GPG: SignedFormReader = {
  kind: "signed",
  evidence: "signature",
  read: () => unusable("unverifiable", "a GPG signature, which this version does not verify"),
};
