import { describe, expect, it, onTestFinished } from "vitest";
import type { AuditPorts } from "../../lib/audit/audit-ports.ts";
import { AUDIT_LIMITS } from "../../lib/audit/audit-limits.ts";
import { checkControls } from "../../lib/audit/self-check.ts";
import { createTrustStore } from "../../lib/verification/trust/trust-store.ts";
import { nightAt, openClients, openMemory } from "./night.ts";

/** Checks, and is stopped when a clock of the clients is read for the nth time; it is read several times for each request. */
async function checkStoppedAt(nth: number): Promise<unknown> {
  const controller = new AbortController();
  let reads = 0;
  const now = (): number => {
    if (++reads === nth) controller.abort();
    return performance.now();
  };
  const clients = openClients(0, undefined, undefined, { signal: controller.signal, now });
  const store = openMemory();
  onTestFinished(async () => void (await Promise.all([clients.close(), store.close()])));
  const ports: AuditPorts = {
    store,
    trust: createTrustStore(new Map(), nightAt(0)),
    clients,
    signal: controller.signal,
    progress: () => undefined,
    limits: AUDIT_LIMITS,
  };
  return checkControls(clients, ports, nightAt(0)).then(
    () => (controller.signal.aborted ? "ended" : "right"),
    (error: unknown) => error,
  );
}

describe("the self-check", () => {
  it("finds that this installation judges known images rightly", async () => {
    expect(await checkStoppedAt(Infinity)).toBe("right");
  });

  it.each([1, 2, 5, 9, 14, 20, 30])("says that it was stopped, and accuses nobody, if somebody stops it (%i)", async (nth) => {
    expect(await checkStoppedAt(nth)).toMatchObject({
      code: "aborted",
      message: "audit: stopped before anything was judged; the next start begins again",
    });
  });
});
