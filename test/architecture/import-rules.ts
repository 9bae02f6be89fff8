import { builtinModules } from "node:module";
import type { Import, SourceFile } from "./source-file.ts";

/** A rule gives one line for each offence: the file, and what it must not have. */
export type Rule = (files: readonly SourceFile[]) => string[];

/**
 * Which part of the house may import which, from the architecture: doors, then lib/audit, then the steps, then registry and
 * watch list, then lib/oci. Among the steps the arrow points back to where the values come from:
 * notification and report → history → verification → discovery.
 */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  "lib/oci": [],
  "lib/text": ["lib/oci"],
  "lib/deployment": [],
  "lib/watchlist": ["lib/oci", "lib/text"],
  "lib/registry": ["lib/oci", "lib/watchlist"],
  "lib/discovery": ["lib/oci", "lib/watchlist", "lib/registry"],
  "lib/verification": ["lib/oci", "lib/watchlist", "lib/registry", "lib/discovery"],
  "lib/history": ["lib/oci", "lib/watchlist", "lib/registry", "lib/discovery", "lib/verification"],
  "lib/notification": ["lib/oci", "lib/text", "lib/watchlist", "lib/registry", "lib/discovery", "lib/verification", "lib/history"],
  "lib/report": ["lib/oci", "lib/text", "lib/watchlist", "lib/registry", "lib/discovery", "lib/verification", "lib/history"],
  "lib/controls": ["lib/oci", "lib/registry", "lib/discovery", "lib/verification", "lib/history"],
  "lib/scheduled-reports": ["lib/oci", "lib/text", "lib/watchlist", "lib/verification", "lib/history", "lib/report", "lib/notification"],
  "lib/audit": [
    "lib/oci",
    "lib/text",
    "lib/watchlist",
    "lib/registry",
    "lib/discovery",
    "lib/verification",
    "lib/history",
    "lib/notification",
    "lib/scheduled-reports",
    "lib/controls",
  ],
  "lib/inspect": ["lib/oci", "lib/text", "lib/watchlist", "lib/registry", "lib/discovery", "lib/verification", "lib/history", "lib/audit"],
  "lib/what-if": ["lib/oci", "lib/text", "lib/watchlist", "lib/registry", "lib/discovery", "lib/verification", "lib/history", "lib/audit"],
  "lib/restore": ["lib/oci", "lib/watchlist", "lib/history"],
  "lib/evidence-pack": [
    "lib/oci",
    "lib/text",
    "lib/watchlist",
    "lib/registry",
    "lib/discovery",
    "lib/verification",
    "lib/history",
    "lib/report",
    "lib/audit",
  ],
  "lib/stack": ["lib/oci", "lib/watchlist", "lib/history", "lib/deployment"],
};

/** Modules that reach the world outside, and the one part of lib that may import each. */
const HOMES: readonly { readonly module: RegExp; readonly home: string }[] = [
  { module: /^undici$/, home: "lib/registry" },
  { module: /^node:sqlite$|^@aws-sdk\/client-dynamodb$/, home: "lib/history" },
  { module: /^node:https?$/, home: "lib/controls" },
  { module: /^@aws-sdk\/client-sns$/, home: "lib/notification" },
  // Behind a port of lib/registry, which only doors bind.
  { module: /^@aws-sdk\/client-(?:ecr|sts|secrets-manager)$/, home: "lib/registry" },
  { module: /^aws-cdk-lib(\/|$)|^constructs$/, home: "lib/stack" },
];

const WORLD = /^undici$|^@aws-sdk\/|^node:(sqlite|https?|http2|net|tls|dns|dgram|fs|child_process|worker_threads)(\/|$)/;
const PURE_BUILTINS = new Set(["node:crypto", "node:path", "node:util", "node:buffer"]);
/** The part of node:net that only looks at text. */
const ADDRESS_SYNTAX = /^\{\s*isIP(?:v[46])?(?:,\s*isIP(?:v[46])?)*,?\s*\}$/;

/** `lib/oci`, `bin`, `lambdas`, `test`: the part of the house that a file belongs to. */
export function partOf(path: string): string {
  const [first, second] = path.split("/");
  return first === "lib" ? `lib/${second}` : first!;
}

/** lib imports only along the arrows of the architecture; nothing in lib imports a door or a test. */
export const findWrongDirections: Rule = (files) =>
  offences(files, (file, { specifier, target }) => {
    const from = partOf(file.path);
    if (!from.startsWith("lib/") || target === null) return null;
    const to = partOf(target);
    return to === from || (ALLOWED[from] ?? []).includes(to) ? null : `imports ${specifier}`;
  });

/** Doors may import anything of lib, except the deployment, which only bin/cdk.ts builds. */
export const findWrongDoors: Rule = (files) =>
  offences(files, (file, { specifier, target }) => {
    const from = partOf(file.path);
    if ((from !== "bin" && from !== "lambdas") || target === null) return null;
    const to = partOf(target);
    if (to === "lib/stack") return file.path === "bin/cdk.ts" ? null : `imports ${specifier}`;
    return to === from || to.startsWith("lib/") ? null : `imports ${specifier}`;
  });

/** Each module that reaches outside has one home in lib. */
export const findStrayEdges: Rule = (files) =>
  offences(files, (file, { specifier, typeOnly }) => {
    const from = partOf(file.path);
    if (!from.startsWith("lib/") || typeOnly) return null;
    const stray = HOMES.some(({ module, home }) => module.test(specifier) && home !== from);
    return stray ? `imports ${specifier}` : null;
  });

/**
 * Only doors bind an edge: what reaches the network, a file or a database, itself or through its imports,
 * is imported by no other part of lib. Types (the ports) are free. lib/audit runs the controls as its self-check.
 */
export const findCoupledEdges: Rule = (files) => {
  const reaching = reachingTheWorld(files);
  return offences(files, (file, { specifier, target, typeOnly }) => {
    const from = partOf(file.path);
    if (!from.startsWith("lib/") || target === null || typeOnly || !reaching.has(target)) return null;
    const to = partOf(target);
    return to === from || (from === "lib/audit" && to === "lib/controls") ? null : `imports ${specifier}`;
  });
};

/** Pure code imports neither an edge nor a module of Node that could become one. */
export function findImpureImports(isPure: (path: string) => boolean): Rule {
  return (files) => {
    const reaching = reachingTheWorld(files);
    return offences(files, (file, one) => {
      const { specifier, target } = one;
      if (!isPure(file.path) || one.typeOnly || isAddressSyntax(one)) return null;
      if (target !== null) return reaching.has(target) ? `imports ${specifier}` : null;
      const builtin = specifier.startsWith("node:") || builtinModules.includes(specifier);
      return WORLD.test(specifier) || (builtin && !PURE_BUILTINS.has(specifier)) ? `imports ${specifier}` : null;
    });
  };
}

function reachingTheWorld(files: readonly SourceFile[]): ReadonlySet<string> {
  const needs = (file: SourceFile): readonly Import[] => file.imports.filter(({ typeOnly }) => !typeOnly);
  const reachesOut = (one: Import): boolean => WORLD.test(one.specifier) && !isAddressSyntax(one);
  const reaching = new Set(files.filter((file) => needs(file).some(reachesOut)).map(({ path }) => path));
  for (let size = -1; size !== reaching.size;) {
    size = reaching.size;
    for (const file of files) {
      if (needs(file).some(({ target }) => target !== null && reaching.has(target))) reaching.add(file.path);
    }
  }
  return reaching;
}

function isAddressSyntax({ specifier, names }: Import): boolean {
  return specifier === "node:net" && ADDRESS_SYNTAX.test(names);
}

function offences(files: readonly SourceFile[], judge: (file: SourceFile, one: Import) => string | null): string[] {
  return files.flatMap((file) =>
    file.imports.flatMap((one) => {
      const offence = judge(file, one);
      return offence === null ? [] : [`${file.path} ${offence}`];
    }),
  );
}
