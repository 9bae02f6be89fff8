import { onTestFinished } from "vitest";
import { openCloud, type Cloud, type CloudAnswer } from "../../imitations/open-cloud.ts";

/** Opens hosts of the internet on this machine until the test ends. */
export async function startCloud(answers: Readonly<Record<string, CloudAnswer>>): Promise<Cloud> {
  const cloud = await openCloud(answers);
  onTestFinished(cloud.close);
  return cloud;
}
