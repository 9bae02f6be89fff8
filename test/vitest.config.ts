import { defineConfig } from "vitest/config";

/** Everything of `npm test`. The interoperability tests need installed registries and have their own configuration beside them. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Real servers and real cryptography: forks keep one file's sockets out of another's way.
    pool: "forks",
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
