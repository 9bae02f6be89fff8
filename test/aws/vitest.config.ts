import { defineConfig } from "vitest/config";

/** `npm run test:aws`: synthesized stacks deployed on this machine. Needs the optional package @dynoxide/linux-x64. */
export default defineConfig({
  test: {
    include: ["test/aws/**/*.aws.ts"],
    pool: "forks",
    // Each file has processes for every function: one after the other they leave a small machine room to answer in time.
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
