import type { Channel } from "../../lib/watchlist/watch-list.ts";
import { pushKeyless } from "../sigstore/push-keyless.ts";
import { ISSUER, makeSigstore } from "../sigstore/test-sigstore.ts";
import { createTrustStore, type TrustStore } from "../../lib/verification/trust/trust-store.ts";
import { digestOf, type Digest } from "../../lib/oci/digest.ts";
import type { Judgement } from "../../lib/history/state.ts";
import { keySigner, RELEASE, SECOND, STRANGER, type Scene } from "./scene.ts";
import { night, quiet, signed, timeline, type Night, type Timeline } from "./timeline.ts";

const ONCALL: Channel = { kind: "sns", name: "oncall", topic: "arn:aws:sns:x:1:t", severity: "alert", owner: null, remindSeconds: null };
const sigstore = makeSigstore();
const SUBJECT = "https://github.com/acme/app/.github/workflows/release.yml@refs/heads/main";

function trustIn(text: string): TrustStore {
  return createTrustStore(new Map([["public-good", { text, usableUntil: Number.POSITIVE_INFINITY }]]), 0);
}

function pushKeylesslySigned(scene: Scene, tag: string): void {
  pushKeyless(scene.registry, "app", scene.push(tag), sigstore, { subject: SUBJECT });
}

/** Releases that a workflow signed under the public-good root. */
function keyless(...tags: readonly string[]): Night {
  return night((scene) => {
    scene.trust = trustIn(sigstore.trustedRoot);
    const signer = {
      kind: "keyless",
      name: "workflow",
      until: null,
      issuer: ISSUER,
      subject: SUBJECT,
      subjectPattern: null,
      github: null,
    } as const;
    scene.policy({ name: "acme", signers: [{ ...signer, trustedRoot: "public-good" }] });
    for (const tag of tags) pushKeylesslySigned(scene, tag);
  }, "baseline");
}

/** The record says that an earlier verifier judged this release so, by the same evidence and the same watch list. */
async function judgedByEarlierVerifier(scene: Scene, tag: string, verdict: Partial<Judgement>): Promise<void> {
  const state = (await scene.store.loadRepository(scene.repository)).tags.get(tag)!;
  const document = new TextDecoder().decode((await scene.store.loadEvidence(state.last!.epoch as Digest)) ?? undefined);
  const earlier = `0${document.slice(document.split("\n")[0]!.split(" ")[0]!.length)}`;
  const epoch = digestOf(earlier);
  await scene.store.saveEvidence(new Map([[epoch, new TextEncoder().encode(earlier)]]));
  const shown = { ...state.shown, verdict: verdict.verdict!, reason: verdict.reason ?? null };
  // A run that nobody ended, after the one that judged it.
  const run = state.run.replace(/Z$/, ".5Z");
  await scene.store.openRun({ id: run, startedAt: run, partial: false });
  await scene.store.record(scene.repository, {
    repository: null,
    tags: [{ ...state, run, shown, last: { ...state.last!, ...verdict, epoch } }],
  });
}

/** What changes about the watch list, the roots and the verifier, and not about an image. */
export const WATCH_LISTS: Readonly<Record<string, Timeline>> = {
  "a key that is replaced is one warning with a count, and no release alert": timeline(
    [
      signed("v1.0.0", "v1.1.0", "v1.2.0"),
      night((scene) => scene.policy({ signers: [keySigner("new", SECOND)] }), "warning policy-changed -: 3 flips, signer new added"),
      quiet(2),
    ],
    ["open policy-changed -"],
  ),

  "flips that an outage hid are told when the registry answers": timeline(
    [
      signed("v1.0.0", "v1.1.0"),
      night((scene) => {
        scene.policy({ signers: [keySigner("new", SECOND)] });
        scene.fail("503");
      }, "warning policy-changed -: 0 flips, signer new added"),
      night(
        (scene) => {
          scene.heal();
          scene.deleteSignature("v1.0.0");
        },
        "warning policy-changed -: 1 flips",
        "alert signature-deleted v1.0.0",
      ),
      quiet(2),
    ],
    ["open policy-changed -", "open policy-changed -", "open signature-deleted v1.0.0"],
  ),

  "a signature that is deleted after the policy stopped counting it is told all the same": timeline(
    [
      signed("v1.0.0", "v1.1.0"),
      night((scene) => scene.policy({ signers: [keySigner("new", SECOND)] }), "warning policy-changed -: 2 flips, signer new added"),
      night((scene) => scene.deleteSignature("v1.1.0"), "alert signature-deleted v1.1.0"),
      quiet(),
    ],
    ["open policy-changed -", "open signature-deleted v1.1.0"],
  ),

  "a key that is removed is one warning, and a signature deleted in that night an alert beside it": timeline(
    [
      night((scene) => {
        scene.policy({ signers: [keySigner("release", RELEASE), keySigner("second", SECOND)] });
        for (const tag of ["v1.0.0", "v1.1.0", "v1.2.0"]) scene.pushSigned(tag);
        scene.pushSigned("v2.0.0", { key: SECOND });
      }, "baseline"),
      night(
        (scene) => {
          scene.policy({ signers: [keySigner("second", SECOND)] });
          scene.deleteSignature("v1.1.0");
          scene.push("v2.1.0");
        },
        "warning policy-changed -: 2 flips",
        "alert signature-deleted v1.1.0",
        "alert release-unsigned v2.1.0",
      ),
      quiet(2),
    ],
    ["open policy-changed -", "open signature-deleted v1.1.0", "open release-unsigned v2.1.0"],
  ),

  "a policy that is put back is told as another change, never as recovered": timeline(
    [
      signed("v1.0.0", "v1.1.0"),
      night((scene) => scene.policy({ signers: [keySigner("new", SECOND)] }), "warning policy-changed -: 2 flips, signer new added"),
      quiet(),
      night(
        (scene) => scene.policy({ signers: [keySigner("release", RELEASE)] }),
        "warning policy-changed -: 2 flips, signer release added",
      ),
      quiet(),
    ],
    ["open policy-changed -", "open policy-changed -"],
  ),

  "a key that is added for a stranger's release is told, and the release not as recovered": timeline(
    [
      signed("v1.0.0"),
      night((scene) => scene.pushSigned("v1.1.0", { key: STRANGER }), "alert unexpected-signer v1.1.0"),
      night(
        (scene) => scene.policy({ signers: [keySigner("release", RELEASE), keySigner("other", STRANGER)] }),
        "warning policy-changed -: 1 flips, signer other added",
      ),
      quiet(2),
    ],
    ["open policy-changed -"],
  ),

  "a threshold that is lowered is told once, flips or not": timeline(
    [
      night((scene) => {
        scene.policy({ threshold: 2, signers: [keySigner("release", RELEASE), keySigner("second", SECOND)] });
        scene.pushSigned("v1.0.0");
        scene.sign("v1.0.0", SECOND);
      }, "baseline"),
      night((scene) => scene.policy({ threshold: 1 }), "warning policy-changed -: 0 flips, threshold 2 is now 1"),
      quiet(2),
    ],
    ["open policy-changed -"],
  ),

  "a channel that hears alerts only from the night on that somebody is let in is told that": timeline(
    [
      signed("v1.0.0"),
      night(
        (scene) => {
          scene.policy({ signers: [keySigner("release", RELEASE), keySigner("stranger", STRANGER)] });
          scene.list = { ...scene.list, channels: scene.list.channels.map((channel) => ({ ...channel, severity: "alert" as const })) };
        },
        "warning policy-changed -: 0 flips, signer stranger added",
        "warning policy-changed -: 0 flips, channel terminal is told from alert up only",
      ),
      quiet(),
    ],
    ["open policy-changed -", "open policy-changed -"],
  ),

  "a threshold that is raised is one warning for all that it makes untrusted": timeline(
    [
      night((scene) => {
        scene.policy({ signers: [keySigner("release", RELEASE), keySigner("second", SECOND)] });
        scene.pushSigned("v1.0.0");
        scene.pushSigned("v1.1.0");
      }, "baseline"),
      night((scene) => scene.policy({ threshold: 2 }), "warning policy-changed -: 2 flips"),
      quiet(2),
      night((scene) => scene.sign("v1.0.0", SECOND)),
      quiet(),
    ],
    ["open policy-changed -"],
  ),

  "a repository that is dropped, and tags that are, are told once": timeline(
    [
      night(
        (scene) => {
          const [app] = scene.list.repositories;
          const repository = { ...app!.repository, name: app!.repository.name.replace(/app$/, "other"), path: "other" };
          scene.registry.store.createRepository("other");
          scene.list = { ...scene.list, repositories: [app!, { ...app!, repository }] };
          scene.pushSigned("v1.0.0");
          scene.push("v1.1.0");
        },
        "baseline",
        "baseline",
        "warning nothing-watched -",
      ),
      night((scene) => {
        scene.list = { ...scene.list, repositories: scene.list.repositories.slice(0, 1) };
      }, "warning policy-changed -: 0 flips, REGISTRY/other is not watched any more"),
      night(
        (scene) => scene.watch({ tags: { include: null, exclude: ["v1.1.*"], semver: null, newest: null, moving: null } }),
        "warning policy-changed -: 0 flips, REGISTRY/app: its tags are not all selected any more",
      ),
      quiet(2),
    ],
    ["open nothing-watched -", "open policy-changed -", "open policy-changed -"],
  ),

  "a channel that is dropped is told of it itself, and so are those that stay": timeline(
    [
      night((scene) => {
        scene.list = { ...scene.list, channels: [...scene.list.channels, ONCALL] };
        scene.pushSigned("v1.0.0");
      }, "baseline"),
      night(
        (scene) => {
          scene.list = { ...scene.list, channels: scene.list.channels.filter(({ name }) => name !== "oncall") };
        },
        "warning policy-changed -: 0 flips, channel oncall is not told any more",
        "warning policy-changed -: 0 flips, channel oncall is not told any more to oncall",
      ),
      quiet(2),
    ],
    ["open policy-changed -"],
  ),

  "a watch list that gets stricter without a flip is silent": timeline([
    night((scene) => {
      scene.policy({ signers: [keySigner("release", RELEASE), keySigner("second", SECOND)] });
      scene.pushSigned("v1.0.0");
    }, "baseline"),
    night((scene) => scene.policy({ signers: [keySigner("release", RELEASE)] })),
    night((scene) => scene.policy({ signers: [keySigner("release", RELEASE, 2e12)] })),
    quiet(2),
  ]),

  "another root that explains the flips is one warning, and a bare release of that night an alert beside it": timeline(
    [
      keyless("v1.0.0", "v1.1.0"),
      night(
        (scene) => {
          scene.trust = trustIn(makeSigstore("successor").trustedRoot);
          scene.push("v1.2.0");
        },
        "warning trust-changed -: 2 flips",
        "alert release-unsigned v1.2.0",
      ),
      quiet(2),
    ],
    ["open trust-changed -", "open release-unsigned v1.2.0"],
  ),

  "a root that is written otherwise and says the same is silent": timeline([
    keyless("v1.0.0", "v1.1.0"),
    night((scene) => {
      scene.trust = trustIn(`${sigstore.trustedRoot} `);
    }),
    quiet(2),
  ]),

  "another verifier that explains the flips is one warning, and no release alert": timeline(
    [
      night((scene) => {
        scene.pushSigned("v1.0.0");
        for (const tag of ["v1.1.0", "v1.2.0"]) {
          scene.push(tag);
          scene.sign(tag, RELEASE, { signature: "AAAA" });
        }
      }, "baseline"),
      night(async (scene) => {
        for (const tag of ["v1.1.0", "v1.2.0"]) await judgedByEarlierVerifier(scene, tag, { verdict: "signed", reason: null });
      }, "warning verifier-changed -: 2 flips"),
      quiet(2),
    ],
    ["open verifier-changed -"],
  ),

  "a signature that is replaced in the night of another verifier is an alert all the same": timeline(
    [
      signed("v1.0.0", "v1.1.0"),
      night(async (scene) => {
        await judgedByEarlierVerifier(scene, "v1.1.0", { verdict: "signed" });
        scene.deleteSignature("v1.1.0");
        scene.sign("v1.1.0", STRANGER);
      }, "alert signature-deleted v1.1.0"),
      quiet(),
    ],
    ["open signature-deleted v1.1.0"],
  ),
};
