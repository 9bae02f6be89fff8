import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  findCoupledEdges,
  findImpureImports,
  findStrayEdges,
  findWrongDirections,
  findWrongDoors,
  type Rule,
} from "./architecture/import-rules.ts";
import { parseSource, readSources } from "./architecture/source-file.ts";
import {
  findAmbientReads,
  findAsyncCode,
  findBarrels,
  findDefaultExports,
  findEmptyNames,
  findHighMedian,
  findLongFiles,
  findSilencedComplaints,
  findUnfinishedWork,
} from "./architecture/text-rules.ts";

/** Folders and files without clock, environment, input and output. A folder ends with a slash. */
const PURE = [
  "lib/oci/",
  "lib/watchlist/",
  "lib/audit/decide.ts",
  "lib/history/compare.ts",
  "lib/history/findings.ts",
  "lib/notification/",
  "lib/report/",
];
/** The lock file is the largest. */
const TRACKED_LIMIT_BYTES = 512 * 1024;

/** What delivers a message is an edge; what writes it is not. */
const DELIVERY = /^lib\/notification\/(?:notify|send|deliver|post|publish|terminal|webhook|sns)/;

function isPure(path: string): boolean {
  return PURE.some((pure) => (pure.endsWith("/") ? path.startsWith(pure) : path === pure)) && !DELIVERY.test(path);
}

/** Each rule with one made-up file that breaks it: a rule that cannot fail guards nothing. */
const RULES: readonly { name: string; rule: Rule; path: string; offence: string }[] = [
  {
    name: "imports go from the doors over the audit and its steps to the vocabulary, never back",
    rule: findWrongDirections,
    path: "lib/oci/digest.ts",
    offence: 'import type { Verdict } from "../history/verdict.ts";',
  },
  {
    name: "no door imports another door, and only bin/cdk.ts imports the deployment",
    rule: findWrongDoors,
    path: "lambdas/audit.ts",
    offence: 'import { AuditStack } from "../lib/stack/audit-stack.ts";',
  },
  {
    name: "each module that reaches outside is imported in one part of lib",
    rule: findStrayEdges,
    path: "lib/history/store.ts",
    offence: 'import { request } from "undici";',
  },
  {
    name: "edges are bound at the door and never import each other",
    rule: findCoupledEdges,
    path: "lib/discovery/place.ts",
    offence: 'import { openThing } from "../registry/thing.ts";',
  },
  {
    name: "pure code imports no input and output",
    rule: findImpureImports(isPure),
    path: "lib/watchlist/watch-list.ts",
    offence: 'import { readFile } from "node:fs/promises";',
  },
  {
    name: "pure code does not wait",
    rule: findAsyncCode(isPure),
    path: "lib/oci/digest.ts",
    offence: "export async function digestOf() {}",
  },
  {
    name: "lib reads no clock, no environment and no chance",
    rule: findAmbientReads,
    path: "lib/audit/decide.ts",
    offence: "const now = new Date();",
  },
  { name: "no file is over 300 lines", rule: findLongFiles, path: "lib/oci/long.ts", offence: "\n".repeat(301) },
  { name: "the median file of lib is under 100 lines", rule: findHighMedian, path: "lib/oci/long.ts", offence: "\n".repeat(100) },
  { name: "no file is a barrel", rule: findBarrels, path: "lib/oci/all.ts", offence: 'export * from "./digest.ts";' },
  { name: "nothing is exported by default", rule: findDefaultExports, path: "lib/oci/digest.ts", offence: "export default 1;" },
  { name: "nothing is left for later", rule: findUnfinishedWork, path: "lib/oci/digest.ts", offence: ["// TO", "DO: sha512"].join("") },
  {
    name: "no complaint of the compiler or the linter is silenced",
    rule: findSilencedComplaints,
    path: "bin/sealwatch.ts",
    offence: ["// @ts-", "ignore"].join(""),
  },
  { name: "files and functions have names that say something", rule: findEmptyNames, path: "lib/oci/utils.ts", offence: "" },
];

const sources = readSources(".");

describe("the architecture", () => {
  it.each(RULES)("$name", ({ rule }) => {
    expect(rule(sources)).toEqual([]);
  });

  it("names only pure parts that are there", () => {
    const empty = PURE.filter((pure) => !sources.some(({ path }) => path.startsWith(pure)));
    expect(empty).toEqual([]);
  });

  it("has nothing at the top level that is not in its plan", () => {
    const allowed = new Set(["package.json", "package-lock.json", "tsconfig.json", "cdk.json", "README.md", "CONTRIBUTING.md", "LICENSE"]);
    const folders = new Set(["bin", "lib", "lambdas", "test"]);
    // Tracked files: what a build or an editor leaves behind is nobody's architecture.
    const tracked = execFileSync("git", ["ls-files"], { encoding: "utf8" }).split("\n").filter(Boolean);
    const strange = tracked.filter((path) => {
      const [top, ...rest] = path.split("/");
      return rest.length === 0 ? !allowed.has(path) && !path.startsWith(".") : !folders.has(top!) && path !== ".ci/run";
    });
    expect(strange).toEqual([]);
  });

  it("keeps no programs and no heavy files: whoever clones it takes them along for good", () => {
    const tracked = execFileSync("git", ["ls-files"], { encoding: "utf8" }).split("\n").filter(Boolean);
    expect(tracked.filter((path) => existsSync(path) && statSync(path).size > TRACKED_LIMIT_BYTES)).toEqual([]);
  });
});

describe("its rules", () => {
  const edge = parseSource("lib/registry/thing.ts", 'import { openThing } from "./deeper.ts";');
  const deeper = parseSource("lib/registry/deeper.ts", 'import { request } from "undici";');

  it.each(RULES)("see an offence: $name", ({ rule, path, offence }) => {
    expect(rule([parseSource(path, offence), edge, deeper].filter((file) => file.path === path || rule === findCoupledEdges))).not.toEqual(
      [],
    );
  });

  it("let types of an edge pass: they are its port", () => {
    const client = parseSource("lib/discovery/place.ts", 'import type { Thing } from "../registry/thing.ts";');
    expect(findCoupledEdges([client, edge, deeper])).toEqual([]);
  });

  it("know the part of node:net that only looks at text", () => {
    const looking = parseSource("lib/watchlist/watch-list.ts", 'import { isIP, isIPv6 } from "node:net";');
    const connecting = parseSource("lib/watchlist/watch-list.ts", 'import { connect, isIP } from "node:net";');
    expect([looking, connecting].map((file) => findImpureImports(isPure)([file]).length)).toEqual([0, 1]);
  });

  it("take neither comments nor strings for code", () => {
    const file = parseSource(
      "lib/oci/digest.ts",
      '/** Not `async`: see {@link import("../audit/x.ts")}. */\nconst word = "await"; // new Date()\n',
    );
    const rules = [findAsyncCode(isPure), findAmbientReads, findWrongDirections];
    expect(rules.flatMap((rule) => rule([file]))).toEqual([]);
  });

  it("read imports over several lines and dynamic ones", () => {
    const file = parseSource("lib/oci/digest.ts", 'import {\n  a,\n  type B,\n} from "undici";\nconst c = await import("node:sqlite");\n');
    expect(findStrayEdges([file])).toEqual(["lib/oci/digest.ts imports undici", "lib/oci/digest.ts imports node:sqlite"]);
  });
});
