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

const REACHED = "registries: { ghcr.io: { budget: 90/6h, redirects: [blobs.example] } }";

function exempt(tags: string, until: string): string {
  return `exemptions: [{ repository: ghcr.io/acme/app, tags: ["${tags}"], reason: EOL, owner: x, until: ${until} }]`;
}

function hook(more: string, url = "https://hooks.example/T0KEN"): string {
  return `notify: [{ name: hook, webhook: { url: "${url}" }, ${more} }]`;
}

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
    [
      "all versions are taken in place of some",
      { repository: ', tags: { include: ["v*"], moving: [] }' },
      { repository: ", tags: { moving: [] }" },
    ],
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
    ["unknownFor gets shorter", {}, { repository: ", unknownFor: 1h" }],
    ["releases are asked every night", { repository: ", recheck: { rolling: 14 }" }, {}],
    ["more of the newest are taken in", { repository: ", tags: { newest: 5 }" }, { repository: ", tags: { newest: 9 }" }],
    ["both targets are judged", {}, { repository: ", target: both" }],
    ["an exemption ends sooner, for another reason", { more: exempt("v1.*", "2028-03-01") }, { more: exempt("v1.*", "2028-02-01") }],
    ["a storm needs more releases", {}, { more: "storm: { share: 30%, least: 20 }" }],
    ["a registry is read as before", { more: REACHED }, { more: "registries: { ghcr.io: { retries: 9 } }" }],
    ["a channel is reminded sooner", { more: hook("remind: 7d") }, { more: hook("remind: 2d") }],
    ["a report is added", {}, { more: "reports: [{ every: month, formats: [html] }]" }],
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
    ["a longer grace", {}, { repository: ", grace: 1h" }, "-: ghcr.io/acme/app: grace 0s is now 1h"],
    ["one target of both", { repository: ", target: both" }, {}, "p: ghcr.io/acme/app: target both is now index"],
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
    ["a longer unknownFor", {}, { repository: ", unknownFor: 30d" }, "-: ghcr.io/acme/app: unknownFor 2d is now 30d"],
    ["a rolling recheck", {}, { repository: ", recheck: { rolling: 14 }" }, "-: ghcr.io/acme/app: recheck nightly is now rolling 14"],
    ["fewer of the newest", {}, { repository: ", tags: { newest: 5 }" }, "-: ghcr.io/acme/app: newest is now 5"],
    ["another target", {}, { repository: ", target: platforms" }, "p: ghcr.io/acme/app: target index is now platforms"],
    ["the other target", { repository: ", target: platforms" }, {}, "p: ghcr.io/acme/app: target platforms is now index"],
    ["another owner", { repository: ", owner: a" }, { repository: ", owner: b" }, "-: ghcr.io/acme/app: owner a is now b"],
    ["an exemption", {}, { more: exempt("v1.*", "2028-02-01") }, "-: ghcr.io/acme/app: v1.* exempt until 2028-02-01"],
    [
      "an exemption that lasts longer",
      { more: exempt("v1.*", "2028-02-01") },
      { more: exempt("v1.*", "2028-03-01") },
      "-: ghcr.io/acme/app: v1.* exempt for longer, until 2028-03-01",
    ],
    [
      "an exemption of more tags",
      { more: exempt("v1.1.*", "2028-02-01") },
      { more: exempt("v1.*", "2028-02-01") },
      "-: ghcr.io/acme/app: v1.* exempt until 2028-02-01",
    ],
    [
      "the default selection in place of all tags",
      { repository: ', tags: { include: ["*"] }' },
      {},
      "-: ghcr.io/acme/app: its tags are not all selected any more",
    ],
    [
      "the default moving tags in place of others",
      { repository: ', tags: { moving: ["nightly"] }' },
      {},
      "-: ghcr.io/acme/app: its tags are not all selected any more",
    ],
    ["a smaller budget", { more: REACHED }, { more: REACHED.replace("90", "9") }, "-: registry ghcr.io: budget 90/6h is now 9/6h"],
    ["a budget", {}, { more: "registries: { ghcr.io: { budget: 90/6h } }" }, "-: registry ghcr.io: budget is now 90/6h"],
    [
      "another host that answers for a registry",
      { more: REACHED },
      { more: REACHED.replace("blobs.example", "blobs.example, evil.example") },
      "-: registry ghcr.io: redirects to evil.example are followed now",
    ],
    [
      "a registry that counts as a cache",
      {},
      { more: "registries: { ghcr.io: { pullThrough: true } }" },
      "-: registry ghcr.io: it counts as a cache now, which proves no absence",
    ],
    ["plain HTTP", {}, { more: "registries: { ghcr.io: { plainHttp: true } }" }, "-: registry ghcr.io: it is read by plain HTTP now"],
    ["a smaller storm", {}, { more: "storm: { share: 20%, least: 2 }" }, "-: storm least 10 is now 2"],
    ["a smaller share of a storm", {}, { more: "storm: { share: 1%, least: 10 }" }, "-: storm share 20% is now 1%"],
    ["no heartbeat", { more: "heartbeat: env:PING" }, {}, "-: heartbeat is not sent any more"],
    [
      "another heartbeat",
      { more: "heartbeat: https://a.example/1" },
      { more: "heartbeat: https://a.example/2" },
      "-: heartbeat goes elsewhere",
    ],
    ["no reminders", { more: hook("remind: 2d") }, { more: hook("severity: notice") }, "-: channel hook is reminded of nothing any more"],
    ["rarer reminders", { more: hook("remind: 2d") }, { more: hook("remind: 9d") }, "-: channel hook is reminded after 9d only"],
    [
      "another address",
      { more: hook("remind: 2d") },
      { more: hook("remind: 2d", "https://hooks.example/0") },
      "-: channel hook goes elsewhere",
    ],
    [
      "a report that is not written",
      { more: "reports: [{ every: month, formats: [html, oscal] }]" },
      { more: "reports: [{ every: month, formats: [html] }]" },
      "-: the report of every month is not written as oscal for everybody any more",
    ],
  ] as const)("is told for %s", (_what, before, after, line) => {
    expect(loosened(before, after)).toEqual([line]);
  });

  it("names a loosening of one policy once, however many repositories have it", () => {
    const more = ", { repository: ghcr.io/acme/other, policy: p }";
    expect(loosened({ more }, { more, signers: `${RELEASE}, ${SECOND}` })).toEqual(["p: signer second added"]);
  });

  it("names a setting of many repositories once, and how many they are", () => {
    const more = ["b", "c", "d"].map((name) => `, { repository: ghcr.io/acme/${name}, policy: p }`).join("");
    const after = more.replaceAll("policy: p", "policy: p, unknownFor: 3d");
    expect(loosened({ more }, { more: after, repository: ", unknownFor: 3d" })).toEqual([
      "-: ghcr.io/acme/app and 3 other repositories: unknownFor 2d is now 3d",
    ]);
  });

  it("is told for a pattern that is dropped, or leaves out more", () => {
    const watching = (entry: string): WatchListDocument => documentOf({ more: `, { repository: ghcr.io/acme/**, policy: p${entry} }` });
    const told = (before: WatchListDocument, after: WatchListDocument): string[] =>
      findLoosenings(before, after).map(({ phrase }) => phrase);
    expect(told(watching(""), documentOf())).toEqual(["ghcr.io/acme/** is not watched any more"]);
    expect(told(watching(""), watching(', exclude: ["dev/**"]'))).toEqual(["ghcr.io/acme/** leaves out ghcr.io/dev/** now"]);
    expect(told(watching(', exclude: ["dev/**"]'), watching(""))).toEqual([]);
  });

  it("tells of one exemption that is of more tags, and of others for longer", () => {
    const before = documentOf({ more: exempt("v2.*", "2028-02-01") });
    const after = documentOf({ more: exempt('v2.*", "v9.*', "2028-03-01") });
    expect(findLoosenings(before, after).map(({ phrase }) => phrase)).toEqual([
      "ghcr.io/acme/app: v9.* exempt until 2028-03-01",
      "ghcr.io/acme/app: v2.* exempt for longer, until 2028-03-01",
    ]);
  });

  it("says nothing of what an older history did not record", () => {
    const { storm: _storm, heartbeat: _heartbeat, reports: _reports, registries: _registries, ...older } = documentOf({ more: REACHED });
    expect(findLoosenings(older, documentOf({ more: "registries: { ghcr.io: { plainHttp: true } }" }))).toEqual([]);
  });

  it("says a phrase each, where several things got looser", () => {
    const before = { signers: `${RELEASE}, ${SECOND}`, policy: ", threshold: 2, annotations: { team: core }" };
    expect(loosened(before, { signers: `${RELEASE}, ${SECOND}`, repository: ", grace: 1m" })).toHaveLength(3);
  });
});
