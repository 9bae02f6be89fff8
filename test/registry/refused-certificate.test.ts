import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { makeTlsCertificate, type TlsCertificate } from "./make-tls-certificate.ts";
import { openClient } from "./open-clients.ts";

/** What is said of a registry that shows this certificate, by whoever trusts `ca`, and how many connections that took. */
async function refusalOf({ certificate, key }: TlsCertificate, ca: string | null, hostname = "127.0.0.1") {
  const server = createServer({ cert: certificate, key }, (_request, response) => response.writeHead(500).end());
  let connections = 0;
  server.on("connection", () => connections++);
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `${hostname}:${(server.address() as AddressInfo).port}`;
  const { client, clients } = openClient(host, { plainHttp: false, ca });
  const { failure } = await client.listTags();
  await client.listTags();
  await clients.close();
  return { code: failure?.code, detail: failure?.detail.replaceAll(host, "HOST") ?? "", connections };
}

const OWN = makeTlsCertificate("registry");
const ENDED = makeTlsCertificate("registry", ["localhost"], "240229000000Z");

describe("a certificate that is refused", () => {
  it("is said to be unknown, with its subject, its days and the remedy, after one look", async () => {
    const { code, detail, connections } = await refusalOf(OWN, null, "localhost");
    expect(code).toBe("tls");
    expect(detail).toMatch(
      /: DEPTH_ZERO_SELF_SIGNED_CERT: its certificate \(CN=registry, from 2020-01-01 to 2049-01-01\), issued by CN=registry, is not trusted here; if it should be, write registries: \{ "HOST": \{ ca: FILE \} \}$/,
    );
    expect(connections).toBe(3);
  });

  it("is said to have ended", async () => {
    const { detail } = await refusalOf(ENDED, ENDED.certificate, "localhost");
    expect(detail).toMatch(/: CERT_HAS_EXPIRED: its certificate \(CN=registry, from 2020-01-01 to 2024-02-29\) has ended; renew it$/);
  });

  it("is said to be for another name", async () => {
    const other = makeTlsCertificate("registry", ["registry.acme.example"]);
    const { detail } = await refusalOf(other, other.certificate, "localhost");
    expect(detail).toMatch(
      /: ERR_TLS_CERT_ALTNAME_INVALID: its certificate \(CN=registry, .*\) is for IP Address:127\.0\.0\.1, registry\.acme\.example and not for localhost; write the name that it is for$/,
    );
  });
});
