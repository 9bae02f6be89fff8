import { defineConfig } from "vitest/config";
import { LONG, RUNNER, SAMPLED } from "../vitest.config.ts";

/** `npm run test:long`: what takes minutes, and all of what `npm test` takes a sample of. */
export default defineConfig({
  test: { ...RUNNER, include: [...LONG, ...SAMPLED], env: { SEALWATCH_TEST_ALL: "yes" } },
});
