import { execFileSync } from "node:child_process";
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setFlagsFromString } from "node:v8";
import { bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { digestOf } from "../../lib/oci/digest.ts";
import type { Candidate } from "../../lib/discovery/candidate.ts";
import { verifyCandidate } from "../../lib/verification/verify-candidate.ts";
import { VerificationMemo } from "../../lib/verification/verification-memo.ts";
import { createTrustStore } from "../../lib/verification/trust/trust-store.ts";
import { policyOfCase, trustOfCase } from "../corpus/case-policy.ts";
import { readCorpus, type CorpusCase } from "../corpus/corpus-case.ts";
import { signKeyless } from "../sigstore/sign-keyless.ts";
import { ISSUER, makeSigstore, SUBJECT } from "../sigstore/test-sigstore.ts";
import { contextOf, NOW, policyOf } from "../verification/policy-of-keys.ts";

const BUNDLES = 10_000;
const ROUNDS = 200;

/** CPU of one keyless verification here and by @sigstore/verify, over the same bundles in the same run. Empty without a corpus. */
function compareWithSigstore(folder: string): string[] {
  if (!existsSync(`${folder}/CASES.jsonl`)) return [];
  const cases = readCorpus(folder).map(({ corpusCase }) => corpusCase);
  const names = ["sigstore-conformance/happy-path-v0.3", "sigstore-java/bundle.dsse", "sigstore-conformance/rekor2-checkpoint-cosigned"];
  const rows = names.map((name) =>
    compareCase(
      folder,
      cases.find((candidate) => candidate.case === name)!,
    ),
  );
  return ["| keyless verification, CPU | Sealwatch ms | @sigstore/verify ms | ratio |", "|---|---|---|---|", ...rows];
}

function compareCase(folder: string, corpusCase: CorpusCase): string {
  const artifact = readFileSync(join(folder, corpusCase.subject.file!));
  const text = readFileSync(join(folder, corpusCase.bundle!));
  const target = digestOf(artifact);
  const policy = policyOfCase(folder, corpusCase);
  const context = {
    target,
    artifact,
    names: [],
    policy,
    trust: trustOfCase(folder, corpusCase),
    memo: new VerificationMemo(),
    now: NOW,
    firstSeen: NOW,
  };
  const verifier = new Verifier(
    toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(readFileSync(join(folder, corpusCase.trust.root!), "utf8")))),
  );
  // A new candidate each time: nothing that is kept by candidate helps.
  const ours = cpuOf(() => {
    const [result] = verifyCandidate(candidateOf(text, target), { ...context, memo: new VerificationMemo() });
    if (result?.kind !== "verified") throw new Error(`${corpusCase.case}: ${result?.detail}`);
  });
  const theirs = cpuOf(() => verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(text.toString("utf8"))), artifact)));
  return `| ${corpusCase.case} | ${ours.toFixed(2)} | ${theirs.toFixed(2)} | ${(ours / theirs).toFixed(2)} |`;
}

function candidateOf(bytes: Uint8Array, target: Candidate["target"]): Candidate {
  const content = { kind: "bytes", bytes } as const;
  return {
    place: "referrers-api",
    target,
    artifact: target,
    form: "sigstore-bundle",
    layer: target,
    annotations: {},
    content,
    foreignSubject: false,
  };
}

function cpuOf(work: () => void): number {
  for (let n = 0; n < 30; n++) work();
  const before = process.cpuUsage();
  for (let n = 0; n < ROUNDS; n++) work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / ROUNDS;
}

/** Makes so many different bundles, of which none repeats: each has a certificate, log entry, checkpoint and timestamp of its own. */
function makeBundles(path: string): string {
  const sigstore = makeSigstore();
  const lines = Array.from({ length: BUNDLES }, (_, n) => {
    const { content } = signKeyless(sigstore, digestOf(`image ${n}`), { form: "bundle", timestamps: sigstore.timestamps });
    return Buffer.from((content as { bytes: Uint8Array }).bytes).toString("utf8");
  });
  writeFileSync(path, `${lines.join("\n")}\n`);
  return sigstore.trustedRoot;
}

/** Peak memory over the bundles of a file, in a process that did nothing else. */
async function verifyBundles(path: string, trustedRoot: string): Promise<string> {
  const none = { until: null, subjectPattern: null, github: null };
  const policy = policyOf([{ kind: "keyless", name: "release", issuer: ISSUER, subject: SUBJECT, trustedRoot, ...none }]);
  const trust = createTrustStore(new Map(), NOW).find;
  const samples: number[] = [];
  let n = 0;
  for await (const line of createInterface({ input: createReadStream(path) })) {
    const target = digestOf(`image ${n++}`);
    const [result] = verifyCandidate(candidateOf(Buffer.from(line), target), contextOf(policy, target, { trust }));
    if (result?.kind !== "verified") throw new Error(result?.detail);
    if (n % (BUNDLES / 5) === 0) samples.push(Math.round(process.memoryUsage().rss / 2 ** 20));
  }
  const peak = Math.round(process.resourceUsage().maxRSS / 1024);
  return `${n} different bundles verified in one process: RSS after each fifth ${samples.join(", ")} MiB, peak ${peak} MiB`;
}

/** In two processes, so that making leaves no mark on the measure. */
function measureMemory(): string {
  const folder = mkdtempSync(join(tmpdir(), "sealwatch-memory-"));
  try {
    const path = join(folder, "bundles.jsonl");
    writeFileSync(join(folder, "root.json"), makeBundles(path));
    return execFileSync(process.execPath, [import.meta.filename, "verify", folder], { encoding: "utf8" });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// As the command itself starts.
setFlagsFromString("--semi-space-growth-factor=1");
const [mode, place = ""] = process.argv.slice(2);
if (mode === "verify")
  process.stdout.write(`${await verifyBundles(join(place, "bundles.jsonl"), readFileSync(join(place, "root.json"), "utf8"))}\n`);
else
  for (const line of [...compareWithSigstore(process.env["CORPUS_DIR"] ?? "../shared/corpus"), "", measureMemory()])
    process.stdout.write(`${line}\n`);
