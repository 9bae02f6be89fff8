import { expect, it, onTestFinished } from "vitest";
import { IMITATED_PROFILES } from "../../imitations/profiles.ts";
import { startSigned } from "../../imitations/signed-registry.ts";

const RELEASES = 60;

/** Requests of a night on which nothing changed: half of the releases are signed by `.sig` tags, half by bundles. */
const UNCHANGED: Readonly<Record<string, number>> = {
  "Amazon ECR": 1,
  "Google Artifact Registry": 1,
  "Docker Hub": 46,
  "Azure Container Registry": 4,
  GitHub: 2,
  Quay: 41,
  Harbor: 5,
  GitLab: 3,
  DigitalOcean: 1,
  zot: 49,
  "plain, with the referrers API": 150,
  "plain, without it": 143,
};

it.each(IMITATED_PROFILES)("an unchanged night of $name asks for what its list does not show, and for nothing else", async (profile) => {
  const signed = await startSigned(profile, [".sig", "bundle"], RELEASES);
  onTestFinished(signed.close);
  await signed.audit(0);
  const { requests, document, told } = await signed.audit(1);
  expect(document.summary).toMatchObject({ releases: RELEASES, signed: RELEASES });
  expect(told).toEqual([]);
  expect(requests).toBe(UNCHANGED[profile.name]);
});
