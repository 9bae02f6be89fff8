import { describe, expect, it } from "vitest";
import { findLoosenings } from "../../lib/watchlist/record/loosenings.ts";
import { formatWatchListDocument, parseWatchListDocument, type WatchListDocument } from "../../lib/watchlist/record/watch-list-document.ts";
import { loaded } from "./load-from-text.ts";

const RELEASE = "{ name: release, key: keys/release.pub }";
const SECOND = "{ name: second, key: keys/second.pub }";

/** A watch list of one policy and one repository, each with further settings, and of anything else. */
function documentOf({ signers = RELEASE, policy = "", repository = "", more = "" } = {}): WatchListDocument {
  const text = `version: 1
policies: { p: { signers: [${signers}]${policy} } }
repositories: [{ repository: ghcr.io/acme/app, policy: p${repository} }${more.startsWith(",") ? more : ""}]
${more.startsWith(",") ? "" : more}
`;
  return parseWatchListDocument(formatWatchListDocument(loaded(text)))!;
}

type Settings = Parameters<typeof documentOf>[0];

/** `p: threshold 2 is now 1`, one line a loosening. */
function loosened(before: Settings, after: Settings): string[] {
  return findLoosenings(documentOf(before), documentOf(after)).map(({ policy, phrase }) => `${policy ?? "-"}: ${phrase}`);
}

describe("a watch list that stays, or gets stricter", () => {
  it.each([
    ["nothing changes", {}, {}],
    ["a key is removed", { signers: `${RELEASE}, ${SECOND}` }, { signers: SECOND }],
    ["a signer gets another name", {}, { signers: "{ name: renamed, key: keys/release.pub }" }],
    ["a key is retired", {}, { signers: "{ name: release, key: keys/release.pub, until: 2027-01-01 }" }],
    ["the threshold rises", { signers: `${RELEASE}, ${SECOND}` }, { signers: `${RELEASE}, ${SECOND}`, policy: ", threshold: 2" }],
    ["an annotation is demanded", {}, { policy: ", annotations: { team: core }" }],
    ["grace gets shorter", { repository: ", grace: 2h" }, { repository: ", grace: 1h" }],
    [
      "the entries of one repository change places",
      {
        repository: ', tags: { include: ["v*"] }',
        more: ', { repository: ghcr.io/acme/app, policy: p, grace: 2h, tags: { include: ["n*"] } }',
      },
      {
        repository: ', grace: 2h, tags: { include: ["n*"] }',
        more: ', { repository: ghcr.io/acme/app, policy: p, tags: { include: ["v*"] } }',
      },
    ],
    ["a repository is added", {}, { more: ", { repository: ghcr.io/acme/other, policy: p }" }],
    ["more tags are selected", { repository: ', tags: { include: ["v1*"] }' }, { repository: ', tags: { include: ["v1*", "v2*"] }' }],
    ["a wider pattern is included", { repository: ', tags: { include: ["v2.*"] }' }, { repository: ', tags: { include: ["v*"] }' }],
    [
      "one pattern is included in place of two",
      { repository: ', tags: { include: ["v1.*", "v2.*"] }' },
      { repository: ', tags: { include: ["v[12].*"] }' },
    ],
    ["fewer tags are excluded", { repository: ', tags: { exclude: ["*-rc*"] }' }, { repository: ', tags: { exclude: ["*-rc1*"] }' }],
    ["the range gets wider", { repository: ', tags: { semver: ">=2.0.0" }' }, { repository: ', tags: { semver: ">=1.0.0" }' }],
    ["the range is written otherwise", { repository: ', tags: { semver: "^2.1.0" }' }, { repository: ', tags: { semver: "2.x || 3.x" }' }],
    ["signedSince is lower", { repository: ", signedSince: v1.4.0" }, { repository: ", signedSince: v1.2.0" }],
    ["a channel is added", {}, { more: "notify: [terminal]" }],
  ] as const)("is not looser where %s", (_what, before, after) => {
    expect(loosened(before, after)).toEqual([]);
  });
});

describe("a looser watch list", () => {
  it.each([
    ["a key added", {}, { signers: `${RELEASE}, ${SECOND}` }, "p: signer second added"],
    ["a key changed", {}, { signers: "{ name: release, key: keys/second.pub }" }, "p: signer release changed"],
    [
      "a retired key that counts for longer",
      { signers: "{ name: release, key: keys/release.pub, until: 2027-01-01 }" },
      {},
      "p: signer release counts for longer",
    ],
    [
      "a lower threshold",
      { signers: `${RELEASE}, ${SECOND}`, policy: ", threshold: 2" },
      { signers: `${RELEASE}, ${SECOND}` },
      "p: threshold 2 is now 1",
    ],
    ["an annotation that is not demanded", { policy: ", annotations: { team: core }" }, {}, "p: annotation team is not demanded as before"],
    ["attestations that count", {}, { policy: ", accept: [signature, attestation]" }, "p: accept has attestation now"],
    ["a longer grace", {}, { repository: ", grace: 1h" }, "-: ghcr.io/acme/app: grace 0 s is now 3600 s"],
    ["one target of both", { repository: ", target: both" }, {}, "-: ghcr.io/acme/app: target both is now index"],
    [
      "a repository dropped",
      { more: ", { repository: ghcr.io/acme/other, policy: p }" },
      {},
      "-: ghcr.io/acme/other is not watched any more",
    ],
    ["tags excluded", {}, { repository: ', tags: { exclude: ["*-rc*"] }' }, "-: ghcr.io/acme/app: its tags are not all selected any more"],
    [
      "more tags excluded",
      { repository: ', tags: { exclude: ["*-rc1*"] }' },
      { repository: ', tags: { exclude: ["*-rc*"] }' },
      "-: ghcr.io/acme/app: its tags are not all selected any more",
    ],
    [
      "a narrower pattern",
      { repository: ', tags: { include: ["v*"] }' },
      { repository: ', tags: { include: ["v2.*"] }' },
      "-: ghcr.io/acme/app: its tags are not all selected any more",
    ],
    [
      "a narrower range",
      { repository: ', tags: { semver: ">=1.0.0 <3.0.0" }' },
      { repository: ', tags: { semver: ">=1.0.0 <2.0.0" }' },
      "-: ghcr.io/acme/app: its tags are not all selected any more",
    ],
    ["a new range", {}, { repository: ', tags: { semver: "*" }' }, "-: ghcr.io/acme/app: its tags are not all selected any more"],
    ["a new signedSince", {}, { repository: ", signedSince: v1.4.0" }, "-: ghcr.io/acme/app: signedSince is now v1.4.0"],
    [
      "a later signedSince",
      { repository: ", signedSince: v1.2.0" },
      { repository: ", signedSince: v1.4.0" },
      "-: ghcr.io/acme/app: signedSince v1.2.0 is now v1.4.0",
    ],
    [
      "a channel dropped",
      { more: 'notify: [{ name: oncall, sns: "arn:aws:sns:eu-central-1:111122223333:sealwatch" }, terminal]' },
      { more: "notify: [terminal]" },
      "-: channel oncall is not told any more",
    ],
    [
      "a channel that is told less",
      { more: 'notify: [{ name: oncall, sns: "arn:aws:sns:eu-central-1:111122223333:sealwatch" }]' },
      { more: 'notify: [{ name: oncall, sns: "arn:aws:sns:eu-central-1:111122223333:sealwatch", severity: alert }]' },
      "-: channel oncall is told from alert up only",
    ],
  ] as const)("is told for %s", (_what, before, after, line) => {
    expect(loosened(before, after)).toEqual([line]);
  });

  it("names a loosening of one policy once, however many repositories have it", () => {
    const more = ", { repository: ghcr.io/acme/other, policy: p }";
    expect(loosened({ more }, { more, signers: `${RELEASE}, ${SECOND}` })).toEqual(["p: signer second added"]);
  });

  it("says a phrase each, where several things got looser", () => {
    const before = { signers: `${RELEASE}, ${SECOND}`, policy: ", threshold: 2, annotations: { team: core }" };
    expect(loosened(before, { signers: `${RELEASE}, ${SECOND}`, repository: ", grace: 1m" })).toHaveLength(3);
  });
});
