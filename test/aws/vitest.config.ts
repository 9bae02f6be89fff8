import { defineConfig } from "vitest/config";
import { AWS } from "../vitest.config.ts";

/** `npm run test:aws`: stacks synthesized, then deployed on this machine, and the AWS that they are deployed to. Needs the optional package @dynoxide/linux-x64. */
export default defineConfig({
  test: {
    include: ["test/aws/**/*.aws.ts", ...AWS],
    pool: "forks",
    globalSetup: "test/bin/build-command.ts",
    // Each file has processes for every function: one after the other they leave a small machine room to answer in time.
    fileParallelism: false,
    expect: { poll: { timeout: 60_000 } },
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
