import { defineConfig } from "vitest/config";

/** What takes minutes, and stands behind quicker tests of the same: `npm run test:long`. */
export const LONG = [
  "test/audit/what-if-audited.test.ts",
  "test/audit/pack/format-zip.test.ts",
  "test/bin/scheduled-reports.test.ts",
  "test/crash/*.test.ts",
  "test/history/dynamodb-chain.test.ts",
  "test/history/dynamodb-faults.test.ts",
  "test/report/as-of.test.ts",
  "test/report/formats.test.ts",
  "test/report/page.test.ts",
  "test/report/timelines.test.ts",
  "test/report/truth.test.ts",
  "test/timelines/timelines-dynamodb.test.ts",
];

/** Of these `npm test` takes a sample, and `npm run test:long` everything. */
export const SAMPLED = ["test/audit/faults.test.ts", "test/audit/crash.test.ts", "test/timelines/timelines.test.ts"];

/** What is deployed, and the AWS of the tests that it is deployed to: `npm run test:aws`. */
export const AWS = [
  "test/aws/*.test.ts",
  "test/stack/build-stack.test.ts",
  "test/stack/deployment.test.ts",
  "test/stack/function-size.test.ts",
  "test/stack/sealwatch.test.ts",
];

/** Real servers and real cryptography in processes of their own. */
export const RUNNER = {
  pool: "forks",
  // A file leaves nothing behind in the process; to start one for each file would take longer than most tests.
  isolate: false,
  maxWorkers: "100%",
  globalSetup: "test/bin/build-command.ts",
  // Whatever does not end is a fault; how long the rest takes is up to the machine.
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 60_000 } },
} as const;

/** Everything of `npm test`. The interoperability tests need installed registries and have their own configuration beside them. */
export default defineConfig({
  test: { ...RUNNER, include: ["test/**/*.test.ts"], exclude: [...LONG, ...AWS] },
});
