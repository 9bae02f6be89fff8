import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];
const COMMAND = NAMES.find((name) => spawnSync(name, ["--version"]).status === 0);

/** Whether a browser is installed that can open a page; tests that need one are left out elsewhere. */
export const HAS_CHROMIUM = COMMAND !== undefined;

/** How a page is looked at. */
export interface View {
  readonly width: number;
  readonly scheme: "light" | "dark";
  readonly media: "screen" | "print";
}

/** What a browser made of a page. */
export interface PageSight {
  /** Messages of the console, of security and of scripts. */
  readonly complaints: readonly string[];
  /** Everything that was asked for beside the page itself. */
  readonly requests: readonly string[];
  /** The value of the expression that was asked. */
  readonly value: unknown;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly request?: { readonly url: string }; readonly entry?: { readonly text: string } };
  readonly result?: { readonly result?: { readonly value: unknown } };
}

/** Opens a file in a browser of its own, over the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/), and asks an expression. */
export async function openPage(file: string, { width, scheme, media }: View, expression: string): Promise<PageSight> {
  const profile = mkdtempSync(join(tmpdir(), "sealwatch-chromium-"));
  const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", `--user-data-dir=${profile}`];
  const browser = spawn(COMMAND!, [...flags, "about:blank"], { stdio: ["ignore", "ignore", "pipe"] });
  const exited = new Promise((resolve) => browser.once("exit", resolve));
  try {
    const devtools = await connect(await findPage(createInterface({ input: browser.stderr })));
    const complaints: string[] = [];
    const requests: string[] = [];
    devtools.listen(({ method, params }) => {
      if (method === "Log.entryAdded") complaints.push(params?.entry?.text ?? "");
      if (method === "Runtime.exceptionThrown" || method === "Runtime.consoleAPICalled") complaints.push(JSON.stringify(params));
      if (method === "Network.requestWillBeSent") requests.push(params?.request?.url ?? "");
    });
    for (const domain of ["Log", "Runtime", "Network", "Page"]) await devtools.ask(`${domain}.enable`, {});
    await devtools.ask("Emulation.setDeviceMetricsOverride", { width, height: 900, deviceScaleFactor: 1, mobile: width < 600 });
    await devtools.ask("Emulation.setEmulatedMedia", { media, features: [{ name: "prefers-color-scheme", value: scheme }] });
    const loaded = devtools.wait("Page.loadEventFired");
    await devtools.ask("Page.navigate", { url: `file://${file}` });
    await loaded;
    const answer = await devtools.ask("Runtime.evaluate", { expression, returnByValue: true });
    devtools.close();
    return { complaints, requests: requests.filter((url) => url !== `file://${file}`), value: answer.result?.result?.value };
  } finally {
    browser.kill();
    await exited;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function findPage(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines) {
    const port = /^DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    if (port === undefined) continue;
    const pages = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as { type: string; webSocketDebuggerUrl: string }[];
    return pages.find(({ type }) => type === "page")!.webSocketDebuggerUrl;
  }
  throw new Error("the browser ended before it listened");
}

async function connect(url: string) {
  const socket = new WebSocket(url);
  await new Promise((resolve) => socket.addEventListener("open", resolve, { once: true }));
  const listeners = new Set<(message: Message) => void>();
  socket.addEventListener("message", ({ data }) => {
    for (const listener of listeners) listener(JSON.parse(String(data)) as Message);
  });
  const until = (isIt: (message: Message) => boolean): Promise<Message> =>
    new Promise((resolve) => {
      const listener = (message: Message): void => {
        if (!isIt(message)) return;
        listeners.delete(listener);
        resolve(message);
      };
      listeners.add(listener);
    });
  let last = 0;
  return {
    listen: (listener: (message: Message) => void) => void listeners.add(listener),
    wait: (method: string) => until((message) => message.method === method),
    ask: (method: string, params: object): Promise<Message> => {
      const id = ++last;
      const answer = until((message) => message.id === id);
      socket.send(JSON.stringify({ id, method, params }));
      return answer;
    },
    close: () => socket.close(),
  };
}
