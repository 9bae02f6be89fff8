import { expect, it, onTestFinished } from "vitest";
import { newDockerHub } from "../../imitations/docker-hub.ts";
import type { SigningWay } from "../../imitations/profiles.ts";
import { PullMeter } from "../../imitations/pull-meter.ts";
import { startSigned } from "../../imitations/signed-registry.ts";

const RELEASES = 1_000;
const PULLS = 100;
const NIGHTS = 14;

it.each<SigningWay>([".sig", "bundle"])(
  "Docker Hub's 100 pulls a night audit 1,000 releases signed by %s within 14 nights, without one 429, and what waits is told",
  async (way) => {
    const meter = new PullMeter(PULLS);
    const signed = await startSigned({ imitate: () => newDockerHub(meter), options: { referrersApi: true } }, [way], RELEASES);
    onTestFinished(signed.close);
    let reached = 0;
    for (let night = 0; night < NIGHTS; night++) {
      meter.refill();
      const { document, warnings } = await signed.audit(night);
      const [repository] = document.repositories;
      const waiting = repository?.leftOut["next-night"] ?? 0;
      expect(document.summary).toMatchObject({ unsigned: 0, untrusted: 0, pending: 0 });
      expect(document.releases.length).toBe(RELEASES - waiting);
      expect(document.run.complete).toBe(waiting === 0 && document.summary.unknown === 0);
      const told = `docker.io/acme/app: ${waiting} new tags are more than this run takes in; they wait for the next`;
      expect(warnings).toEqual(waiting === 0 ? [] : [told]);
      expect(document.findings).toEqual([]);
      reached = document.summary.signed;
    }
    expect([reached, meter.refused]).toEqual([RELEASES, 0]);
  },
);
