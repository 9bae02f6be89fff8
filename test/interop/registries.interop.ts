import { describe } from "vitest";
import { playFixtures } from "./fixtures-story.ts";
import { playNights } from "./nights-story.ts";
import { useRegistry } from "./opened-registry.ts";
import { REGISTRIES } from "./registry-kinds.ts";

describe.each(REGISTRIES)("$name", (kind) => {
  const opened = useRegistry(kind);
  playFixtures(opened);
  playNights(opened);
});
