import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";

/** What the deployment tells a function by this name. @throws SealwatchError `internal` where it left it out. */
export function readVariable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new SealwatchError("internal", `start: the environment variable ${name} is not set`);
  return value;
}
