import { defineConfig } from "vitest/config";

/** `npm run test:interop`: the built command against registries and tools that others wrote. Needs install-registries.sh and install-trestle.sh. */
export default defineConfig({
  test: {
    include: ["test/interop/*.interop.ts"],
    pool: "forks",
    // Each file runs registries of its own; one after the other they leave a small machine room to answer in time.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
