import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pushArtifact, type Artifact } from "../../lib/controls/artifact.ts";
import { buildImage } from "../../lib/controls/image.ts";
import { newKeyPair } from "../../lib/controls/key-pair.ts";
import { startRegistry, type ControlRegistry } from "../../lib/controls/registry-server.ts";
import { signSimple } from "../../lib/controls/sign-simple.ts";
import { startFront, type FrontAnswer } from "../registry/start-front.ts";
import type { ScriptedServer } from "../registry/start-server.ts";
import { auditNight, openMemory, verdictsOf, watch, watchList, type Night } from "./night.ts";

const key = newKeyPair();
let registry: ControlRegistry;
let front: ScriptedServer;

const ANNOUNCED = { "x-registry-supports-signatures": "1" };

/** A night over the registry behind a front that answers for the extension, or passes on what is no route of the registry. */
async function audit(extension: FrontAnswer | null, announced: Readonly<Record<string, string>> = ANNOUNCED): Promise<Night> {
  front = await startFront(registry, ({ url }) => (url.startsWith("/extensions/") ? extension : null), announced);
  const store = openMemory();
  try {
    return await auditNight(watchList(watch(`${front.host}/app`, key.pem)), store, 0);
  } finally {
    await Promise.all([store.close(), front.close()]);
  }
}

function push(tag: string): Artifact {
  const image = buildImage({ seed: tag });
  pushArtifact(registry.store, "app", image, tag);
  return image;
}

function askedOf(): string[] {
  return front.seen.filter(({ url }) => url.startsWith("/extensions/")).map(({ method, url }) => `${method} ${url}`);
}

function answerOf({ document }: Night): string | undefined {
  return document.releases[0]!.places.find(({ place }) => place === "signature-extension")?.answer;
}

beforeEach(async () => {
  registry = await startRegistry({ referrersApi: false });
});
afterEach(() => registry.close());

const atomic = (count: number): FrontAnswer => {
  const signatures = Array.from({ length: count }, (_, n) => ({
    schemaVersion: 2,
    type: "atomic",
    name: `sha256:…@${n}`,
    content: "owGb",
  }));
  return { status: 200, body: JSON.stringify({ signatures }) };
};
const error = (status: number, code: string): FrontAnswer => ({ status, body: JSON.stringify({ errors: [{ code, message: "" }] }) });

describe("the signature extension of a registry that announces it", () => {
  it.each([
    ["an empty list", atomic(0), "unsigned/nothing-found", "nothing"],
    ["a list that Go wrote as null", { status: 200, body: '{"signatures":null}' }, "unsigned/nothing-found", "nothing"],
    ["the registry's word that nothing is there", error(404, "MANIFEST_UNKNOWN"), "unsigned/nothing-found", "nothing"],
    ["no such route", null, "unsigned/nothing-found", "notApplicable"],
    ["another page", { status: 404, headers: { "content-type": "text/html" }, body: "<html>" }, "unsigned/nothing-found", "notApplicable"],
    ["that it is not supported", error(405, "UNSUPPORTED"), "unsigned/nothing-found", "notApplicable"],
    ["signatures", atomic(2), "unknown/unsupported-place", "failed"],
    ["a refusal", error(403, "DENIED"), "unknown/forbidden", "failed"],
    ["an error", error(500, "UNKNOWN"), "unknown/server-error", "failed"],
    ["a redirect", { status: 302, headers: { location: "https://upstream.example/" } }, "unknown/redirected", "failed"],
    ["another document", { status: 200, body: "{}" }, "unknown/unexpected-content", "failed"],
    ["no JSON", { status: 200, body: "signatures" }, "unknown/invalid-json", "failed"],
  ] as const)("answers %s", async (_, answer, verdict, said) => {
    const image = push("1.0.0");
    const night = await audit(answer);
    expect(verdictsOf(night)).toEqual([`1.0.0 ${verdict}`]);
    expect(answerOf(night)).toBe(said);
    expect(askedOf()).toEqual([`GET /extensions/v2/app/signatures/${image.digest}`]);
  });

  it("is not asked about a release that is signed elsewhere, nor where nobody announces it", async () => {
    signSimple(registry, "app", push("1.0.0"), key);
    expect(verdictsOf(await audit(atomic(1)))).toEqual(["1.0.0 signed"]);
    expect(askedOf()).toEqual([]);
    registry.store.deleteRepository("app");
    push("1.0.1");
    const night = await audit(atomic(1), {});
    expect(verdictsOf(night)).toEqual(["1.0.1 unsigned/nothing-found"]);
    expect([askedOf(), answerOf(night)]).toEqual([[], undefined]);
  });
});
