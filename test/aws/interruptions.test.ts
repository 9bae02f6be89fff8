import { describe, expect, it } from "vitest";
import type { Call } from "./aws-proxy.ts";
import { Interruptions } from "./interruptions.ts";

const call = (phase: Call["phase"], action = "dynamodb:PutItem"): Call => ({
  caller: { role: "Work", region: "eu-central-1", service: "dynamodb", instance: "F/0" },
  actions: [action],
  phase,
});

describe("an interruption", () => {
  it("comes once, at the call that it was planned for", async () => {
    const killed: string[] = [];
    const interruptions = new Interruptions();
    const observe = interruptions.observe((instance) => killed.push(instance));
    interruptions.plan({ role: "Work", action: "dynamodb:PutItem", nth: 2, phase: "answered", how: "kill" });
    interruptions.plan({ role: "Work", action: "dynamodb:PutItem", nth: 3, phase: "answered", how: "cut" });
    const seen = [
      call("answered"),
      call("asked"),
      call("answered", "dynamodb:Query"),
      call("answered"),
      call("answered"),
      call("answered"),
    ];
    expect(seen.map(observe)).toEqual([undefined, undefined, undefined, "cut", "cut", undefined]);
    expect([killed, interruptions.outstanding]).toEqual([["F/0"], []]);
  });

  it("that did not come is told", () => {
    const interruptions = new Interruptions();
    interruptions.plan({ role: "Other", action: "s3:GetObject", phase: "asked", how: "cut" });
    expect(interruptions.outstanding).toHaveLength(1);
    interruptions.clear();
    expect(interruptions.outstanding).toEqual([]);
  });
});
