import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:https";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadHostCertificates, NO_CERTIFICATES } from "../../lib/registry/credentials/host-certificates.ts";
import type { RegistryClientOptions } from "../../lib/registry/registry-clients.ts";
import type { RegistrySettings } from "../../lib/watchlist/watch-list.ts";
import { makeTlsCertificate } from "./make-tls-certificate.ts";
import { openClient } from "./open-clients.ts";

const OWN = makeTlsCertificate("registry");
const OTHER = makeTlsCertificate("other");
const CLIENT = makeTlsCertificate("client");
const server = createServer(
  { cert: OWN.certificate, key: OWN.key, ca: CLIENT.certificate, requestCert: true, rejectUnauthorized: false },
  (request, response) => {
    const { authorized } = request.socket as unknown as { authorized: boolean };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ tags: [authorized ? "known-client" : "stranger"] }));
  },
);
const tunnels: string[] = [];
const proxy = createHttpServer().on("connect", (request, socket) => {
  tunnels.push(request.url ?? "");
  const onward = connect(port, "127.0.0.1", () => {
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    onward.pipe(socket).pipe(onward);
  });
  onward.on("error", () => socket.destroy());
  socket.on("error", () => onward.destroy());
});
let port = 0;
let folder = "";

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
  folder = await mkdtemp(join(tmpdir(), "sealwatch-certificates-"));
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  proxy.close();
  await rm(folder, { recursive: true });
});

async function list(settings: Partial<RegistrySettings>, options: Partial<RegistryClientOptions> = {}, host = `127.0.0.1:${port}`) {
  const { client, clients } = openClient(host, { plainHttp: false, ...settings }, options);
  const { tags, failure } = await client.listTags();
  await clients.close();
  return failure ? `${failure.code} ×${failure.attempts}` : [...tags].join();
}

describe("a registry over TLS", () => {
  it("is believed by the authority that the watch list gives", async () => {
    expect(await list({ ca: OWN.certificate })).toBe("stranger");
  });

  it("is believed by an authority of the environment", async () => {
    expect(await list({}, { extraAuthorities: OWN.certificate })).toBe("stranger");
  });

  it.each([
    ["no authority", {}],
    ["another authority", { ca: OTHER.certificate }],
  ])("is not believed with %s, and not asked again", async (_, settings) => {
    expect(await list(settings)).toBe("tls ×1");
  });

  it("sees the client's certificate", async () => {
    expect(await list({ ca: OWN.certificate, clientCertificate: CLIENT.certificate, clientKey: CLIENT.key })).toBe("known-client");
  });

  it("is a TLS failure where the certificates cannot be used, and throws nothing", async () => {
    expect(await list({ ca: OWN.certificate, clientCertificate: CLIENT.certificate, clientKey: OTHER.key })).toBe("tls ×1");
    expect(await list({ ca: OWN.certificate, clientCertificate: "no certificate" })).toBe("tls ×1");
  });

  it("is a failure where it is plain HTTP after all", async () => {
    const { port: plain } = proxy.address() as AddressInfo;
    expect(await list({ retries: 0 }, {}, `127.0.0.1:${plain}`)).toBe("tls ×1");
  });
});

describe("the folder of Docker's certificates", () => {
  it("gives authorities and the client's own certificate", async () => {
    const host = `127.0.0.1:${port}`;
    await mkdir(join(folder, host));
    await Promise.all([
      writeFile(join(folder, host, "ca.crt"), OWN.certificate),
      writeFile(join(folder, host, "client.cert"), CLIENT.certificate),
      writeFile(join(folder, host, "client.key"), CLIENT.key),
    ]);
    expect(await list({}, { certificatesOf: (name) => loadHostCertificates(folder, name) })).toBe("known-client");
  });

  it("is nothing where it is not there", () => {
    expect(loadHostCertificates(folder, "ghcr.io")).toEqual(NO_CERTIFICATES);
  });
});

describe("an HTTPS proxy", () => {
  it("is asked for a tunnel to a registry, and for none to those of NO_PROXY", async () => {
    const httpsProxy = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const proxies = { httpsProxy, noProxy: "direct.example" };
    // No certificate is for this name: what matters is the way, not the arrival.
    expect(await list({ ca: OWN.certificate, retries: 0 }, { proxies }, "registry.acme.example")).toBe("tls ×1");
    expect(tunnels).toEqual(["registry.acme.example:443"]);
    expect(await list({ ca: OWN.certificate }, { proxies })).toBe("stranger");
    expect(tunnels).toHaveLength(1);
  });
});
