import { describe, expect, it } from "vitest";
import { parseChallenges } from "../../lib/registry/login/challenge.ts";
import { parseErrorDocument } from "../../lib/registry/error-document.ts";
import { parseNextPage } from "../../lib/registry/next-page.ts";
import { parseToken } from "../../lib/registry/login/token-endpoint.ts";
import { parseRetryAfter } from "../../lib/registry/transport/retry-after.ts";

describe("the next page of a Link header", () => {
  it.each([
    ["ACR", '</v2/a/tags/list?last=v1&n=2&orderby=>; rel="next"', "?last=v1&n=2&orderby="],
    ["Quay, absolute", '<https://quay.example/v2/a/b/tags/list?n=100&last=x>; rel="next"', "?n=100&last=x"],
    ["olareg, unquoted", "</v2/a/referrers/sha256:0?cache=1&page=2>; rel=next", "?cache=1&page=2"],
    ["Pulp, another scheme", '<http://pulp/v2/a/tags/list?n=100&last=z>; rel="next"', "?n=100&last=z"],
    ["Nexus, another path", '<https://nexus:8443/repository/docker/v2/a/tags/list?n=5&last=x>; rel="next"', "?n=5&last=x"],
    ["two relations", '</v2/a?page=1>; rel="prev", </v2/a?page=3>; rel="next"', "?page=3"],
    ["two lines, joined", '</v2/a?page=1>; rel="first", </v2/a?page=9>; title="x"; rel="next"', "?page=9"],
    ["a comma inside", '</v2/a?last=a,b&n=2>; rel="next"', "?last=a,b&n=2"],
    ["an empty last", '</v2/a?last=&n=2>; rel="next"', "?last=&n=2"],
    ["several words", '</v2/a?n=2>; rel="last next"', "?n=2"],
    ["another host", '<//evil.example/v2/?n=7>; rel="next"', "?n=7"],
    ["upper case", '</v2/a?n=2>; REL="Next"', "?n=2"],
    ["Cloudflare, without brackets", "http://127.0.0.1:5330/v2/a/tags/list?n=2&last=1.0.1; rel=next", "?n=2&last=1.0.1"],
    ["Quay of 2016, without brackets", '/v2/a/tags/list?next_page=gAAA%3D&n=50; rel="next"', "?next_page=gAAA%3D&n=50"],
    ["two links without brackets", "/v2/a?last=x,y; rel=prev, /v2/a?last=z; rel=next", "?last=z"],
    ["a query alone", "<?last=x>; rel=next", "?last=x"],
    ["spaces", ' < /v2/a?n=2 > ; rel = "next" ,', "?n=2"],
    ["single quotes", "</v2/a?n=2>; rel='next'", "?n=2"],
    ["a semicolon in a title", '</v2/a?n=2>; title="a;b,c"; rel="next"', "?n=2"],
    ["a second rel", '</v2/a?n=2>; rel="last"; rel="next"', "?n=2"],
    ["the first of several", '</v2/a?n=2>; rel="next", </v2/a?n=1>; rel="first"', "?n=2"],
  ])("is read from %s, by its query only", (_, header, query) => {
    expect(parseNextPage(header)).toEqual({ query });
  });

  it.each([
    ["no query", '</v2/a/page/2>; rel="next"'],
    ["a foreign host without a query", '<//evil.example/v2/>; rel="next"'],
    ["backslashes", '<\\\\evil>; rel="next"'],
    ["a space in the query", '</v2/a?x=1 HTTP/1.1>; rel="next"'],
    ["a header without end", `<${"a".repeat(9000)}?n=1>; rel="next"`],
    ["no relation", "</v2/a?page=1>"],
    ["an empty relation", '</v2/a?page=1>; rel=""'],
    ["a relation like next", '</v2/a?n=1>; rel="nextish"'],
    ["words", "garbage"],
    ["a bracket without end", '</v2/a?n=1; rel="next"'],
    ["a quote without end", '</v2/a?n=1>; rel="next'],
    ["the relation before the target", 'rel="next"; /v2/a?n=1'],
    ["no comma between links", '</v2/a?n=1>; rel="prev" </v2/a?n=2>; rel="next"'],
  ])("is there, but unusable, with %s", (_, header) => {
    expect(parseNextPage(header)).toBe("unusable");
  });

  it.each([
    "",
    " , ",
    '</v2/a?page=1>; rel="prev"',
    '</v2/a?page=1>; rel="first", </v2/a?page=9>; rel=last',
    "<https://cdn.example>; rel=preconnect; crossorigin",
  ])("is not there in %j", (header) => {
    expect(parseNextPage(header)).toBeNull();
  });
});

describe("challenges", () => {
  const read = (header: string) => parseChallenges(header).map(({ scheme, parameters }) => ({ scheme, ...Object.fromEntries(parameters) }));

  it.each([
    [
      'Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:user/image:pull"',
      [{ scheme: "bearer", realm: "https://ghcr.io/token", service: "ghcr.io", scope: "repository:user/image:pull" }],
    ],
    ['Basic realm="Artifactory Realm"', [{ scheme: "basic", realm: "Artifactory Realm" }]],
    [
      'Bearer realm="https://h/v2/token",service="s",scope="*",Basic realm="x"',
      [
        { scheme: "bearer", realm: "https://h/v2/token", service: "s", scope: "*" },
        { scheme: "basic", realm: "x" },
      ],
    ],
    ['bearer REALM="/v2/token"', [{ scheme: "bearer", realm: "/v2/token" }]],
    [
      'Bearer realm="https://h/t",scope="repository:a:pull,push"',
      [{ scheme: "bearer", realm: "https://h/t", scope: "repository:a:pull,push" }],
    ],
    ['Bearer realm="a\\"b\\\\c"', [{ scheme: "bearer", realm: 'a"b\\c' }]],
    ["Bearer realm=https", [{ scheme: "bearer", realm: "https" }]],
    ['Negotiate, Basic realm="x"', [{ scheme: "negotiate" }, { scheme: "basic", realm: "x" }]],
    ['Bearer realm="one",realm="two"', [{ scheme: "bearer", realm: "one" }]],
    ["", []],
  ])("are read from %j", (header, expected) => {
    expect(read(header)).toEqual(expected);
  });

  it.each(['Bearer realm="no end', "=,=,=", "\u0000", 'realm="without a scheme"', "Bearer realm="])(
    "end where %j cannot be read",
    (header) => {
      expect(read(header).flatMap((challenge) => Object.keys(challenge))).not.toContain("realm");
    },
  );

  it("are at most eight", () => {
    expect(read("a, b, c, d, e, f, g, h, i, j")).toHaveLength(8);
  });
});

describe("tokens", () => {
  const NOW = 1_000_000;
  const parse = (document: unknown) => parseToken(Buffer.from(JSON.stringify(document)), NOW);

  it.each([
    ["access_token alone", { access_token: "a" }, "a"],
    ["token alone", { token: "t" }, "t"],
    ["both", { token: "t", access_token: "a" }, "t"],
  ])("are read from %s", (_, document, token) => {
    expect(parse(document)?.token).toBe(token);
  });

  it.each([
    ["nothing", undefined, 54],
    ["0", 0, 54],
    ['"300"', "300", 270],
    ["300", 300, 270],
    ["3600", 3600, 3570],
    ["-5", -5, 54],
    ["a word", "soon", 54],
    ["a million years", 1e15, 86_370],
  ])("are renewed early where expires_in is %s", (_, expires_in, seconds) => {
    const issued_at = "2999-01-01T00:00:00Z";
    expect(parse({ token: "t", issued_at, ...(expires_in === undefined ? {} : { expires_in }) })?.renewAt).toBe(NOW + seconds * 1000);
  });

  it.each([{}, { token: "" }, { token: 5 }, { token: "a\r\nb: c" }, { token: "a b" }, [], null])("are not read from %j", (document) => {
    expect(parse(document)).toBeNull();
  });
});

describe("Retry-After", () => {
  const NOW = Date.parse("2026-10-21T07:27:00Z");
  const parse = (headers: Record<string, string>, body: unknown = "") =>
    parseRetryAfter(
      { kind: "response", status: 429, headers, body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)) },
      NOW,
    );
  const message = (text: string) => ({ errors: [{ code: "TOOMANYREQUESTS", message: text }] });

  it.each([
    ["5", 5_000],
    ["Wed, 21 Oct 2026 07:28:00 GMT", 60_000],
    ["Wed, 21 Oct 2026 07:26:00 GMT", 1_000],
    ["0", 1_000],
    ["86400", 3_600_000],
    ["-1", null],
    ["soon", null],
    ["", null],
  ])("of %j is a wait between a second and an hour", (value, wait) => {
    expect(parse({ "retry-after": value })).toBe(wait);
  });

  it.each([
    ["retry-after: 880.092µs, allowed: 44000/minute", 1_000],
    ["retry-after: 2.5s", 2_500],
    ["retry-after: 2m", 120_000],
    ["retry-after: 1500ms, allowed", 1_500],
    ["nothing of the kind", null],
  ])("is read from the message %j", (text, wait) => {
    expect(parse({}, message(text))).toBe(wait);
  });

  it("is read from an epoch", () => {
    expect(parse({ "x-retry-after": String(NOW / 1000 + 30) })).toBe(30_000);
  });

  it("is not read from a quota or a page", () => {
    expect(parse({ "ratelimit-remaining": "97;w=21600" }, "<html>retry-after: 5s</html>")).toBeNull();
  });
});

describe("error documents", () => {
  it("are read whatever stands beside the code", () => {
    expect(parseErrorDocument(Buffer.from('{"errors":[{"code":"NAME_UNKNOWN","detail":{}}]}'))).toEqual([
      { code: "NAME_UNKNOWN", message: "" },
    ]);
  });

  it.each([
    "<html>",
    "",
    "{}",
    '{"errors":[]}',
    '{"errors":{"code":"X"}}',
    '{"errors":[{"message":"x"}]}',
    '{"errors":[null]}',
    "[".repeat(100),
  ])("are not seen in %j", (body) => {
    expect(parseErrorDocument(Buffer.from(body))).toBeNull();
  });
});
