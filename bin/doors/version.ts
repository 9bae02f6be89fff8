import { readFileSync } from "node:fs";

/** The version of package.json, which is one folder above `bin` and above the built command. */
export const VERSION = readVersion();

function readVersion(): string {
  for (const place of ["../package.json", "../../package.json"]) {
    try {
      const parsed = JSON.parse(readFileSync(new URL(place, import.meta.url), "utf8")) as { name?: unknown; version?: unknown };
      if (parsed.name === "sealwatch" && typeof parsed.version === "string") return parsed.version;
    } catch {
      continue;
    }
  }
  return "unknown";
}
