import type { Cause } from "../history/cause.ts";

/** Advice to on-call for each cause. */
export const REMEDIES: Readonly<Record<Cause, string>> = {
  "tag-rolled-back": "find out who moved the tag; if nobody meant to, point it to the newer digest again",
  "tag-moved": "find out who pushed over the tag; if nobody meant to, restore the digest that it named before",
  "signature-deleted": "find out who or what deleted it (retention rules count companion tags as images); sign the digest again",
  "signature-detached": "sign the digest again; two pushes at the same time, or a push over the companion tag, lose an entry like this",
  "signature-misbound": "sign the digest that the tag names; find out why the signature of another one was attached here",
  "signature-invalid": "take the release as tampered with until its signature is explained; then sign the digest again",
  "unexpected-signer": "find out who signed; if the signer is right, add it to the policy, otherwise treat the push as an intrusion",
  "signed-wrong-digest": "sign what the tag names (the index, after its last push), not a platform or an earlier build",
  "release-untrusted": "sign the digest as the policy asks, or correct the policy",
  "release-unsigned": "sign the digest with a signer of the policy (run the signing step of the release again), or withdraw the release",
  "mirror-gap": "copy the release again with its signatures, and let the mirroring job copy referrers and digest tags, too",
  "evidence-flooded": "find out who attaches them and delete what does not belong to the release",
  "evidence-unreadable":
    "find out who stored it and delete what does not belong to the release; until then nobody can tell whether it is signed",
  "release-unreadable":
    "see what the look-up of this release meets: sealwatch inspect; as long as it lasts, nobody can tell whether it is signed",
  "never-judged": "find out who pushed the image and who took it away; whoever pulled it has an image that nobody checked",
  "signer-changed": "find out whether this signer was meant to sign it; if so, acknowledge, otherwise treat the push as an intrusion",
  "release-reused": "find out whether one image was meant to be both versions; if so, acknowledge, otherwise push the right one",
  "visibility-changed": "see that whoever verifies these releases looks there too, or sign in both places",
  "policy-changed": "read the change of the watch list and who made it; if it was meant, acknowledge",
  "trust-changed": "find out which keys or authorities were withdrawn; releases that are untrusted now need a new signature",
  "verifier-changed": "read the release notes of Sealwatch; if the new verdicts are right, sign again what is untrusted now",
  "coverage-lost": "see that the registry answers and that its credentials can list and pull: sealwatch plan",
  "nothing-watched": "correct the repository's name or its tags: in the watch list (sealwatch plan), or leave the repository out",
  "releases-waiting": "find out who pushes so many tags; delete what does not belong there, or leave it out with tags: exclude",
  "repository-gone": "find out who deleted or renamed the repository; if nobody meant to, restore it",
  "repository-appeared": "sign the releases that are not signed, or leave the repository out with exclude:",
  "never-signed": "find out whether the policy and the places of this repository are right (sealwatch inspect), then sign the next release",
  "retention-ahead":
    "change the policy so that signatures live as long as their releases: it must spare tags that begin with sha256-, and what has a subject",
  "exemption-ending": "sign these releases or withdraw them, or extend the exemption in the watch list",
};
