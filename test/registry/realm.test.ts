import { describe, expect, it } from "vitest";
import { classifyAddress, isLoopbackHost } from "../../lib/registry/transport/address.ts";
import { endpointOf } from "../../lib/registry/endpoint.ts";
import { parseRealm } from "../../lib/registry/login/realm.ts";

describe("a realm", () => {
  const judge = (registry: string, realm: string, plainHttp: boolean | null = null, tokenHost: string | null = null) =>
    parseRealm(realm, endpointOf(registry, plainHttp), tokenHost).kind;

  it.each([
    ["ghcr.io", "https://ghcr.io/token"],
    ["docker.io", "https://auth.docker.io/token"],
    ["registry.gitlab.com", "https://gitlab.com/jwt/auth"],
    ["quay.io", "https://quay.io/v2/auth"],
    ["cgr.dev", "https://cgr.dev/token"],
    ["europe-docker.pkg.dev", "https://europe-docker.pkg.dev/v2/token"],
    ["acme.azurecr.io", "https://acme.azurecr.io/oauth2/token"],
    ["registry.digitalocean.com", "https://api.digitalocean.com/v2/registry/auth"],
    ["public.ecr.aws", "https://public.ecr.aws/token/"],
    ["acme.jfrog.io", "https://acme.jfrog.io/artifactory/api/docker/docker/v2/token"],
    ["registry.cn-hangzhou.aliyuncs.com", "https://dockerauth.cn-hangzhou.aliyuncs.com/auth"],
    ["acme-registry.eu-central-1.cr.aliyuncs.com", "https://dockerauth-ee.eu-central-1.aliyuncs.com/auth"],
    ["registry.acme.example", "https://gitlab.acme.example/jwt/auth"],
    ["registry.acme.example:5050", "https://acme.example/jwt/auth"],
    ["registry.gitlab.acme.example", "https://gitlab.acme.example/jwt/auth"],
    ["registry.acme.co.uk", "https://gitlab.acme.co.uk/jwt/auth"],
    ["registry.acme.example", "https://acme.example/token"],
    ["registry.acme.example", "https://auth.registry.acme.example/token"],
    ["registry.acme.example", "https://registry.acme.example:8443/token"],
    ["registry.acme.example", "/v2/token"],
    ["10.1.2.3:5000", "https://10.1.2.3/token"],
  ])("of %s at %s sees the credentials", (registry, realm) => {
    expect(judge(registry, realm)).toBe("trusted");
  });

  it.each([
    ["ghcr.io", "https://ghcr.io.evil.example/token"],
    ["ghcr.io", "https://evil-ghcr.io/token"],
    ["ghcr.io", "https://quay.io/token"],
    ["quay.io", "https://evil.io/token"],
    ["acme.azurecr.io", "https://evil.azurecr.io/oauth2/token"],
    ["europe-docker.pkg.dev", "https://evil.pkg.dev/token"],
    ["111122223333.dkr.ecr.eu-west-1.amazonaws.com", "https://999.dkr.ecr.eu-west-1.amazonaws.com/token"],
    ["registry.cn-hangzhou.aliyuncs.com", "https://evil-bucket.oss-cn-hangzhou.aliyuncs.com/auth"],
    ["registry.cn-hangzhou.aliyuncs.com", "https://dockerauth-evil.oss-cn-hangzhou.aliyuncs.com/auth"],
    ["evil.example", "https://auth.docker.io/token"],
    ["registry.acme.example", "https://gitlab.evil.example/jwt/auth"],
    ["registry.acme.example", "https://evil.gitlab.acme.example/jwt/auth"],
    ["registry.example", "https://gitlab.example/jwt/auth"],
    ["registry.acme.example", "https://example/token"],
    ["registry.acme.example", "https://auth.acme.example/token"],
    ["images.acme.example", "https://gitlab.acme.example/jwt/auth"],
    ["acme.co.uk", "https://evil.co.uk/token"],
    ["acme.tokyo.jp", "https://evil.tokyo.jp/token"],
    ["acme.github.io", "https://evil.github.io/token"],
    ["docker.io", "https://docker.io.evil.example/token"],
    ["registry.acme.example", "https://169.254.169.254/"],
    ["10.1.2.3:5000", "https://10.1.2.4/token"],
    ["127.0.0.1:5000", "http://127.0.0.1:5001/token"],
    ["localhost:5000", "http://127.0.0.1:5000/token"],
    ["localhost:5000", "https://localhost:5001/token"],
  ])("of %s at %s is asked without them", (registry, realm) => {
    expect(judge(registry, realm)).toBe("anonymous");
  });

  it.each([
    ["registry.acme.example", "http://registry.acme.example/token"],
    ["registry.acme.example", "https://user@registry.acme.example/token"],
    ["registry.acme.example", "https://user:password@registry.acme.example/token"],
    ["registry.acme.example", "file:///etc/passwd"],
    ["registry.acme.example", "https://"],
    ["127.0.0.1:5000", "ftp://127.0.0.1:5000/"],
  ])("of %s at %s is not asked", (registry, realm) => {
    expect(judge(registry, realm)).toBe("refused");
  });

  it("sees the credentials on the host that the watch list names, over HTTPS unless the registry is plain HTTP", () => {
    const judgeNamed = (realm: string, tokenHost: string) => judge("registry.acme.example", realm, null, tokenHost);
    expect(judgeNamed("https://auth.acme.example/token", "auth.acme.example")).toBe("trusted");
    expect(judgeNamed("https://auth.acme.example:8443/token", "auth.acme.example:8443")).toBe("trusted");
    expect(judgeNamed("https://auth.acme.example:8443/token", "auth.acme.example")).toBe("anonymous");
    expect(judgeNamed("https://evil.auth.acme.example/token", "auth.acme.example")).toBe("anonymous");
    expect(judgeNamed("http://auth.acme.example/token", "auth.acme.example")).toBe("refused");
    expect(judge("registry.acme.example:5000", "http://auth.acme.example/token", true, "auth.acme.example")).toBe("trusted");
    expect(judge("127.0.0.1:5000", "http://127.0.0.1:5001/token", null, "127.0.0.1:5001")).toBe("trusted");
  });

  it("of a plain HTTP registry may be on its own origin only", () => {
    expect(judge("registry.acme.example:5000", "http://registry.acme.example:5000/token", true)).toBe("trusted");
    expect(judge("registry.acme.example:5000", "http://auth.acme.example/token", true)).toBe("anonymous");
  });
});

describe("an address", () => {
  it.each([
    ["8.8.8.8", "public"],
    ["2606:4700::1111", "public"],
    ["::ffff:8.8.8.8", "public"],
    ["10.0.0.1", "private"],
    ["172.31.255.255", "private"],
    ["192.168.1.1", "private"],
    ["100.64.0.1", "private"],
    ["fd12::1", "private"],
    ["::ffff:10.0.0.1", "private"],
    ["[::ffff:a00:1]", "private"],
    ["127.0.0.1", "loopback"],
    ["127.255.0.1", "loopback"],
    ["::1", "loopback"],
    ["::ffff:127.0.0.1", "loopback"],
    ["169.254.169.254", "reserved"],
    ["::ffff:169.254.169.254", "reserved"],
    ["fd00:ec2::254", "reserved"],
    ["fe80::1%eth0", "reserved"],
    ["0.0.0.0", "reserved"],
    ["::", "reserved"],
    ["224.0.0.1", "reserved"],
    ["255.255.255.255", "reserved"],
    ["64:ff9b::a9fe:a9fe", "reserved"],
    ["2002:a9fe:a9fe::1", "reserved"],
    ["::a9fe:a9fe", "reserved"],
    ["not an address", "reserved"],
  ])("%s is %s", (address, expected) => {
    expect(classifyAddress(address)).toBe(expected);
  });
});

describe("an endpoint", () => {
  it.each([
    ["docker.io", null, "https://registry-1.docker.io"],
    ["ghcr.io", null, "https://ghcr.io"],
    ["ghcr.io:443", null, "https://ghcr.io"],
    ["localhost:5000", null, "http://localhost:5000"],
    ["127.0.0.2:5000", null, "http://127.0.0.2:5000"],
    ["[::1]:5000", null, "http://[::1]:5000"],
    ["localhost:5000", false, "https://localhost:5000"],
    ["registry.internal:5000", null, "https://registry.internal:5000"],
    ["registry.internal:5000", true, "http://registry.internal:5000"],
  ])("of %s with plainHttp %s is %s", (registry, plainHttp, origin) => {
    expect(endpointOf(registry, plainHttp).origin).toBe(origin);
  });

  it.each(["127.0.0.1.evil.example", "localhost.evil.example", "mylocalhost", "128.0.0.1:5000"])("of %s is not loopback", (host) => {
    expect(isLoopbackHost(host)).toBe(false);
  });
});
