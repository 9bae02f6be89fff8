import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const BINARY = join(import.meta.dirname, "..", "..", "node_modules", "@dynoxide", "linux-x64", "dynoxide");

/** False where the optional package is not installed. */
export const HAS_DYNOXIDE = existsSync(BINARY);

/** A DynamoDB in memory, of its own process; without tables. */
export async function startDynoxide(): Promise<{ readonly url: string; readonly stop: () => void }> {
  const port = await findPort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(BINARY, ["--port", String(port)], { stdio: "ignore" });
  await waitUntilAnswered(url);
  return { url, stop: () => void child.kill() };
}

/** The server takes no port 0: a port that was free a moment ago. */
async function findPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function waitUntilAnswered(endpoint: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await fetch(endpoint);
      return;
    } catch (error) {
      if (attempt === 200) throw error;
      await sleep(20);
    }
  }
}
