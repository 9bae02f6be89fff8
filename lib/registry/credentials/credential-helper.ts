import { spawn } from "node:child_process";
import { isJsonObject, parseJson } from "../../oci/parse-json.ts";
import { ANONYMOUS, type Credential } from "./credential.ts";

/** Environment variables, as the door read them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A helper may open a keychain or ask a cloud, but not a person: nobody watches at night. */
const HELPER_TIMEOUT_MS = 15_000;
const OUTPUT_LIMIT_BYTES = 64 * 1024;
/** The user name that marks the secret as a refresh token. */
const IDENTITY_TOKEN_USER = "<token>";
const HELPER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const NOT_FOUND = /credentials not found/i;

/**
 * Asks `docker-credential-<name> get` for the credentials of a server, which the helper reads from its standard input. "Not found" is
 * anonymous. Any other failure is `unavailable`, without what the helper printed.
 * https://github.com/docker/docker-credential-helpers#development
 */
export async function askCredentialHelper(name: string, server: string, environment: Environment): Promise<Credential> {
  const program = `docker-credential-${name}`;
  const unavailable = (detail: string): Credential => ({ kind: "unavailable", detail });
  if (!HELPER_NAME.test(name)) return unavailable("the Docker configuration names no usable credential helper");
  const run = await runHelper(program, server, environment);
  if (run.kind === "failed") return unavailable(`${program}: ${run.detail}`);
  if (run.exitCode !== 0 && NOT_FOUND.test(run.output.toString("utf8"))) return ANONYMOUS;
  if (run.exitCode !== 0) return unavailable(`${program} ended with exit code ${run.exitCode ?? "none"}`);
  const parsed = parseJson(run.output);
  const { Username: username, Secret: secret } = parsed.kind === "parsed" && isJsonObject(parsed.value) ? parsed.value : {};
  if (typeof username !== "string" || typeof secret !== "string") return unavailable(`${program} printed no credentials`);
  return username === IDENTITY_TOKEN_USER
    ? { kind: "identity-token", username, token: secret }
    : { kind: "basic", username, password: secret };
}

type HelperRun =
  | { readonly kind: "ended"; readonly exitCode: number | null; readonly output: Buffer }
  | { readonly kind: "failed"; readonly detail: string };

function runHelper(program: string, server: string, environment: Environment): Promise<HelperRun> {
  return new Promise((resolve) => {
    const child = spawn(program, ["get"], { env: { ...environment }, stdio: ["pipe", "pipe", "ignore"] });
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (run: HelperRun): void => {
      clearTimeout(deadline);
      resolve(run);
    };
    // A process that the helper left behind may hold the pipe, so the pipe is closed.
    const stop = (detail: string): void => {
      child.kill("SIGKILL");
      child.stdout.destroy();
      end({ kind: "failed", detail });
    };
    const deadline = setTimeout(() => stop(`no answer within ${HELPER_TIMEOUT_MS / 1000} s`), HELPER_TIMEOUT_MS);
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > OUTPUT_LIMIT_BYTES) stop(`more than ${OUTPUT_LIMIT_BYTES} bytes`);
      else chunks.push(chunk);
    });
    child.once("error", (error: NodeJS.ErrnoException) =>
      stop(error.code === "ENOENT" ? "not found on PATH" : (error.code ?? "cannot be run")),
    );
    child.once("close", (exitCode) => end({ kind: "ended", exitCode, output: Buffer.concat(chunks) }));
    // If a helper ends without reading, the pipe breaks; its exit code says the rest.
    child.stdin.on("error", () => undefined);
    child.stdin.end(`${server}\n`);
  });
}
