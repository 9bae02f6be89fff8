import { afterAll, beforeAll } from "vitest";
import { openRegistry, type Ask } from "./registry-client.ts";
import type { RegistryKind } from "./registry-kinds.ts";
import { makeFolder, SCRIPT_LIMIT_MILLISECONDS, startRegistry, type RegistryProcess } from "./registry-process.ts";

/** A registry that runs for all tests of a suite. `registry` gives it once they run. */
export interface OpenedRegistry {
  readonly kind: RegistryKind;
  readonly registry: () => { readonly host: string; readonly origin: string; readonly ask: Ask };
}

/** Starts the registry before the tests of the suite, and ends it after them. */
export function useRegistry(kind: RegistryKind): OpenedRegistry {
  let storage: ReturnType<typeof makeFolder>;
  let process: RegistryProcess | undefined;
  let ask: Ask;
  beforeAll(async () => {
    storage = makeFolder();
    process = await startRegistry(kind, storage.path);
    ask = openRegistry(process.origin, kind.login);
  }, SCRIPT_LIMIT_MILLISECONDS);
  afterAll(async () => {
    await process?.stop();
    storage.remove();
  });
  return { kind, registry: () => ({ host: process!.host, origin: process!.origin, ask }) };
}
