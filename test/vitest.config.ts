import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What takes minutes, and stands behind quicker tests of the same: `npm run test:long`. */
export const LONG = [
  "test/audit/list/docker-hub-nights.test.ts",
  "test/what-if/what-if-audited.test.ts",
  "test/evidence-pack/format-zip.test.ts",
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
  "test/verification/mutations.test.ts",
];

/** Of these `npm test` takes a sample, and `npm run test:long` everything. */
export const SAMPLED = [
  "test/audit/faults.test.ts",
  "test/audit/mislabelled.test.ts",
  "test/audit/crash.test.ts",
  "test/audit/conclude/storm-starts.test.ts",
  "test/timelines/timelines.test.ts",
];

/** What is deployed, and the AWS of the tests that it is deployed to: `npm run test:aws`. */
export const AWS = [
  "test/aws/*.test.ts",
  "test/stack/build-stack.test.ts",
  "test/stack/deployment.test.ts",
  "test/stack/function-size.test.ts",
  "test/stack/sealwatch.test.ts",
];

/** What takes long begins first, or the last of it would keep one worker busy while the other has nothing left to do. */
const LONGEST = ["test/timelines/", "test/audit/faults.", "test/audit/crash.", "test/bin/"];

class LongestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification): number =>
      LONGEST.findIndex((path) => moduleId.includes(path)) + 1 || LONGEST.length + 1;
    return Promise.resolve(files.toSorted((left, right) => rankOf(left) - rankOf(right)));
  }
}

/** Real servers and real cryptography in processes of their own. */
export const RUNNER = {
  pool: "forks",
  // A file leaves nothing behind in the process; to start one for each file would take longer than most tests.
  isolate: false,
  maxWorkers: "100%",
  sequence: { sequencer: LongestFirst },
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
