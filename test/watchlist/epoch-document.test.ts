import { describe, expect, it } from "vitest";
import { formatEpochDocument, parseEpochDocument } from "../../lib/watchlist/record/epoch-document.ts";
import type { Policy, WatchedRepository } from "../../lib/watchlist/watch-list.ts";

const POLICY: Policy = {
  name: "acme-release",
  threshold: 1,
  signers: [
    { kind: "key", name: "ops", until: null, pem: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", source: "keys/ops.pub" },
    { kind: "key", name: "kms", until: 1, pem: null, source: "awskms:///alias/release" },
  ],
  transparencyLog: "none",
  annotations: { team: "core", area: "build" },
  accept: ["signature"],
  require: [],
};
const WATCHED: WatchedRepository = {
  repository: { registry: "ghcr.io", path: "acme/app", name: "ghcr.io/acme/app" },
  policy: POLICY,
  owner: "platform",
  tags: { include: null, exclude: [], semver: null, newest: null, moving: null },
  target: "both",
  signedSince: null,
  signatureRepository: { registry: "ghcr.io", path: "acme/signatures", name: "ghcr.io/acme/signatures" },
  tagPrefix: "",
  lookaside: null,
  graceSeconds: 0,
  recheck: { kind: "nightly" },
  unknownForSeconds: 172_800,
};

describe("formatEpochDocument", () => {
  it("is read back as it was", () => {
    expect(parseEpochDocument(formatEpochDocument(WATCHED))).toEqual({
      policy: POLICY,
      target: "both",
      signatureRepository: "ghcr.io/acme/signatures",
      tagPrefix: "",
      lookaside: null,
    });
  });

  it("does not depend on the order of keys", () => {
    const reordered = { ...WATCHED, policy: { ...POLICY, annotations: { area: "build", team: "core" } } };
    expect(formatEpochDocument(reordered)).toBe(formatEpochDocument(WATCHED));
  });

  it("does not depend on the path of a trusted root, only on its text", () => {
    const keyless = {
      kind: "keyless",
      name: "workflow",
      until: null,
      issuer: "https://a",
      subject: "b",
      subjectPattern: null,
      github: null,
    } as const;
    const textFrom = (root: object): string =>
      formatEpochDocument({ ...WATCHED, policy: { ...POLICY, signers: [{ ...keyless, trustedRoot: "{}", ...root }] } });
    expect(textFrom({ trustedRootSource: "root.json" })).toBe(textFrom({}));
    expect(textFrom({ trustedRoot: "{ }" })).not.toBe(textFrom({}));
  });

  it("changes with what decides, and not with what does not", () => {
    const text = formatEpochDocument(WATCHED);
    const unchanged: Partial<WatchedRepository>[] = [
      { owner: "other" },
      { graceSeconds: 60 },
      { unknownForSeconds: 1 },
      { signedSince: "v1.0.0" },
    ];
    const changed: Partial<WatchedRepository>[] = [
      { target: "index" },
      { tagPrefix: "x-" },
      { signatureRepository: null },
      { lookaside: "https://acme.example/" },
      { policy: { ...POLICY, threshold: 2 } },
      { policy: { ...POLICY, signers: POLICY.signers.slice(0, 1) } },
      { policy: { ...POLICY, annotations: {} } },
    ];
    expect(unchanged.map((part) => formatEpochDocument({ ...WATCHED, ...part })).filter((other) => other !== text)).toEqual([]);
    expect(changed.map((part) => formatEpochDocument({ ...WATCHED, ...part })).filter((other) => other === text)).toEqual([]);
  });
});

describe("parseEpochDocument", () => {
  it.each(["", "{}", "not json", "[]", `{"format":2,"policy":{}}`, `{"format":1}`])("refuses %j", (text) => {
    expect(parseEpochDocument(text)).toBeNull();
  });
});
