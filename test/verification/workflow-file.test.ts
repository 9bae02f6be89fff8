import { describe, expect, it } from "vitest";
import { digestOf } from "../../lib/oci/digest.ts";
import { createTrustStore } from "../../lib/verification/trust/trust-store.ts";
import { verifyCandidate } from "../../lib/verification/verify-candidate.ts";
import type { KeylessSigner } from "../../lib/watchlist/watch-list.ts";
import { signKeyless } from "../sigstore/sign-keyless.ts";
import { ISSUER, makeSigstore, SUBJECT } from "../sigstore/test-sigstore.ts";
import { contextOf, NOW, policyOf } from "./policy-of-keys.ts";

const FILE = ".github/workflows/release.yml";
const APP = "https://github.com/acme/app";
const sigstore = makeSigstore();
const target = digestOf("the image itself");

/** What becomes of a signature by a certificate with these extensions of Fulcio, where the watch list names the workflow's file. */
function reasonOf(claims: Readonly<Record<number, string>>): string {
  const signer: KeylessSigner = {
    kind: "keyless",
    name: "release",
    until: null,
    issuer: ISSUER,
    subject: SUBJECT,
    subjectPattern: null,
    github: { repository: "acme/app", workflow: FILE },
    trustedRoot: sigstore.trustedRoot,
  };
  const context = contextOf(policyOf([signer]), target, { trust: createTrustStore(new Map(), NOW).find });
  const result = verifyCandidate(signKeyless(sigstore, target, { claims }), context)[0]!;
  return result.kind === "rejected" ? result.reason : result.kind;
}

describe("a workflow file that the watch list names", () => {
  it.each([
    ["is that file", { 12: APP, 18: `${APP}/${FILE}@refs/tags/v1`, 4: "Anything" }, "verified"],
    ["only names itself so", { 12: APP, 18: `${APP}/.github/workflows/evil.yml@refs/tags/v1`, 4: FILE }, "unexpected-signer"],
    ["is of another repository", { 12: APP, 18: `https://github.com/evil/app/${FILE}@refs/tags/v1`, 4: FILE }, "unexpected-signer"],
    ["is of a repository on another host", { 12: "https://evil.example/acme/app", 18: `${APP}/${FILE}@refs/tags/v1` }, "unexpected-signer"],
  ])("lets pass or refuses a workflow that %s", (_, claims, expected) => {
    expect(reasonOf(claims)).toBe(expected);
  });
});
