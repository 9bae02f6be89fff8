import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Candidate } from "../../lib/discovery/candidate.ts";
import { digestOf, type Digest } from "../../lib/oci/digest.ts";
import type { VerificationContext } from "../../lib/verification/verification-context.ts";
import { VerificationMemo } from "../../lib/verification/verification-memo.ts";
import { createTrustStore } from "../../lib/verification/trust/trust-store.ts";
import { candidatesOfCase } from "../corpus/case-candidates.ts";
import { policyOfCase, trustOfCase } from "../corpus/case-policy.ts";
import { readCorpus } from "../corpus/corpus-case.ts";
import { signKeyless, type KeylessOptions } from "../sigstore/sign-keyless.ts";
import { ISSUER, makeSigstore, SUBJECT } from "../sigstore/test-sigstore.ts";
import { contextOf, NOW, policyOf } from "../verification/policy-of-keys.ts";

/** A valid signature, and how it is judged. */
export interface Specimen {
  readonly name: string;
  readonly candidate: Candidate;
  readonly context: VerificationContext;
}

/** Every form that is made here, of a private Sigstore. */
export function makeSpecimens(): Specimen[] {
  const sigstore = makeSigstore();
  const target = digestOf("the image itself");
  const none = { until: null, subjectPattern: null, github: null };
  const signer = {
    kind: "keyless",
    name: "release",
    issuer: ISSUER,
    subject: SUBJECT,
    trustedRoot: sigstore.trustedRoot,
    ...none,
  } as const;
  const context = contextOf(policyOf([signer], { accept: ["signature", "attestation"] }), target, {
    trust: createTrustStore(new Map(), NOW).find,
  });
  const { timestamps } = sigstore;
  const forms: [string, KeylessOptions][] = [
    ["simple signature", {}],
    ["simple signature with timestamp", { timestamps }],
    ["attestation", { form: "attestation", timestamps, predicateType: "https://slsa.dev/provenance/v1" }],
    ["bundle", { form: "bundle" }],
    ["bundle with timestamp for a promise", { form: "bundle", promise: false, timestamps }],
    ["bundle over the manifest", { form: "message", timestamps }],
  ];
  return forms.map(([name, options]) => ({ name, candidate: signKeyless(sigstore, target, options), context }));
}

/** Real signatures of different forms, kinds of log entry and keys. */
const REAL: ReadonlySet<string> = new Set([
  "connaisseur/keyless",
  "containers-image/dir-img-cosign-key-rekor-valid",
  "containers-image/dir-img-cosign-valid",
  "docker-actions-toolkit/dockerhub-referrers",
  "gh-cli/provenance-demo",
  "gh-cli/reusable-workflow",
  "salrashid-gcb/att-b785b772",
  "salrashid-go-bazel/blob-key-00c509bd",
  "salrashid-go-bazel/blob-keyless-6e008a9c",
  "sigstore-conformance/happy-path-v0.3",
  "sigstore-conformance/managed-key-happy-path",
  "sigstore-conformance/rekor2-checkpoint-cosigned",
  "sigstore-conformance/rekor2-timestamp-with-embedded-cert",
  "sigstore-go/othername",
  "sigstore-java/PKIX_RSA_PKCS1V15_2048_SHA256",
  "sigstore-java/bundle.dsse",
  "sigstore-java/bundle.v2",
  "sigstore-python/bundle.txt",
  "sigstore-rs/sig-key-busybox",
  "stackrox/byo-pki",
]);

/** Twenty valid signatures of a corpus folder. */
export function readSpecimens(folder: string): Specimen[] {
  return readCorpus(folder)
    .filter(({ corpusCase }) => REAL.has(corpusCase.case))
    .map(({ corpusCase }) => {
      const { file, manifest, digest } = corpusCase.subject;
      const path = file ?? manifest;
      const artifact = path === undefined ? null : readFileSync(join(folder, path));
      const target = (artifact === null ? digest : digestOf(artifact)) as Digest;
      const now = Date.parse(corpusCase.now ?? "2026-11-21T00:00:00Z");
      const policy = policyOfCase(folder, corpusCase);
      const context = {
        target,
        artifact,
        names: [],
        policy,
        trust: trustOfCase(folder, corpusCase),
        memo: new VerificationMemo(),
        now,
        firstSeen: now,
      };
      return { name: corpusCase.case, candidate: candidatesOfCase(folder, corpusCase, target)[0]!, context };
    });
}
