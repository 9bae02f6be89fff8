import { defineConfig } from "vitest/config";
import { LONG, RUNNER } from "../vitest.config.ts";

/** `npm run test:long`: what takes minutes, and all of what `npm test` takes a sample of. */
export default defineConfig({
  test: { ...RUNNER, include: [...LONG, "test/audit/faults.test.ts"], env: { SEALWATCH_TEST_ALL: "yes" } },
});
