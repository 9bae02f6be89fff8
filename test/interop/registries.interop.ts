import { describe } from "vitest";
import { playFixtures } from "./fixtures-story.ts";
import { playNights } from "./nights-story.ts";
import { playSync } from "./pulp/sync-story.ts";
import { useRegistry } from "./opened-registry.ts";
import { REGISTRIES } from "./registry-kinds.ts";
import { playSignatureExtension } from "./signature-extension-story.ts";

describe.each(REGISTRIES)("$name", (kind) => {
  const opened = useRegistry(kind);
  playFixtures(opened);
  playNights(opened);
  if (kind.signatureExtension) playSignatureExtension(opened);
  if (kind.name.startsWith("Pulp")) playSync(opened);
});
