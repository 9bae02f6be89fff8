import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { UNSENT_SECONDS } from "../../lib/deployment/names.ts";
import { defineRun } from "../../lib/stack/run-definition.ts";

const ARN = "arn:aws:lambda:eu-central-1:111122223333:function:name";
interface MapState {
  readonly ItemProcessor: { readonly States: Readonly<Record<string, { readonly Type: string }>> };
}

const PARTS = { planArn: ARN, auditArn: ARN, concludeArn: ARN, partition: "aws" };

describe("the definition of a run", () => {
  it("is one that Step Functions takes", () => {
    const validate = createRequire(import.meta.url)("asl-validator") as (definition: object) => {
      isValid: boolean;
      errorsText: () => string;
    };
    const { isValid, errorsText } = validate(defineRun(PARTS));
    expect([isValid, isValid ? "" : errorsText()]).toEqual([true, ""]);
  });

  it("catches nothing, so that what failed can be redriven", () => {
    expect(JSON.stringify(defineRun(PARTS))).not.toContain('"Catch"');
  });

  it("asks for services of the partition that it stands in", () => {
    const resources = JSON.stringify(defineRun({ ...PARTS, partition: "aws-cn" })).match(/"Resource":"[^"]*"/g) ?? [];
    expect(new Set(resources)).toEqual(
      new Set(['"Resource":"arn:aws-cn:states:::lambda:invoke"', '"Resource":"arn:aws-cn:states:::s3:getObject"']),
    );
  });

  it("reads a list of items again that could not be read, and gets nothing back from thousands of children", () => {
    const { States } = defineRun(PARTS) as { States: Record<string, MapState | undefined> };
    const maps = [States["Registries"]?.ItemProcessor.States["Repositories"] as MapState | undefined, States["LookAgain"]];
    for (const map of maps) {
      expect(map).toMatchObject({ Output: {}, Retry: [{}, { ErrorEquals: ["States.ALL"] }] });
      const ends = Object.values(map?.ItemProcessor.States ?? {}).filter(({ Type }) => Type === "Succeed");
      expect(ends).toEqual([{ Type: "Succeed", Output: {} }]);
    }
  });

  it("offers unsent messages again when they are an alarm, and once", () => {
    const { States } = defineRun(PARTS) as { States: Record<string, { Seconds?: number; Next?: string; Arguments?: object }> };
    expect(States["WaitForChannels"]).toMatchObject({ Type: "Wait", Next: "ConcludeLate" });
    expect(States["WaitForChannels"]!.Seconds).toBeGreaterThan(UNSENT_SECONDS);
    expect(States["ConcludeLate"]).toMatchObject({ Arguments: { Payload: { phase: "late" } }, Next: "Done" });
  });
});
