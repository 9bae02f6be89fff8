import { SealwatchError } from "../../lib/oci/sealwatch-error.ts";

/** Returns what the deployment tells a function by this name. Throws SealwatchError `internal` if it is missing. */
export function readVariable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new SealwatchError("internal", `start: the environment variable ${name} is not set`);
  return value;
}
