import { describe, expect, it } from "vitest";
import { linesOf, loaded, loadFromText, MINIMAL } from "./load-from-text.ts";

const TOPIC = '"arn:aws:sns:eu-central-1:111122223333:sealwatch"';

function problemsOf(rest: string): string[] {
  return linesOf(loadFromText(`version: 1${MINIMAL}${rest}\n`))
    .filter((line) => !line.includes("cannot use yet"))
    .map((line) => line.replace(/^[^ ]+ /, ""));
}

describe("notify", () => {
  it("gives every channel a name of its own", () => {
    const channels = `[terminal, terminal, { sns: ${TOPIC} }, { name: webhook, sns: ${TOPIC} }, { webhook: { url: "http://127.0.0.1:8080/hook" } }]`;
    expect(loaded(`version: 1${MINIMAL}notify: ${channels}\n`).channels.map(({ name }) => name)).toEqual([
      "terminal",
      "terminal-2",
      "sealwatch",
      "webhook",
      "webhook-2",
    ]);
  });

  it.each([
    ["notify: []", "error: found an empty list for notify; write at least one item, or remove the key"],
    ["notify: [slack]", 'error: found "slack" for notify; write terminal'],
    ["notify: [{ name: x }]", "error: found neither sns nor webhook in a channel; write one of sns: and webhook:"],
    [`notify: [{ sns: ${TOPIC}, webhook: { url: env:X } }]`, "error: found sns and webhook in a channel; write one of sns: and webhook:"],
    [
      'notify: [{ sns: "arn:aws:sqs:x" }]',
      'error: found "arn:aws:sqs:x" for sns, which is no ARN of a topic; write arn:aws:sns:REGION:ACCOUNT:NAME',
    ],
    [`notify: [{ sns: ${TOPIC}, severity: critical }]`, 'error: found "critical" for severity; write alert, warning or notice'],
    [
      `notify: [{ sns: ${TOPIC}, remind: 1m }]`,
      'error: found "1m" for remind; write a number and a unit (s, m, h, d or w), such as 30m or 48h, at least 3600s and at most 3650d',
    ],
    [
      `notify: [{ name: a, sns: ${TOPIC} }, { name: a, sns: ${TOPIC} }]`,
      'error: found a second channel named "a", as in line 4; write another name',
    ],
    ["notify: [{ webhook: {} }]", "error: found no url in webhook; write url:"],
    [
      'notify: [{ webhook: { url: "http://hooks.example/x" } }]',
      "error: found plain http for url; write https://… (plain http is for loopback only)",
    ],
    [
      'notify: [{ webhook: { url: "https://user:pass@hooks.example" } }]',
      "error: found a user name or password in url; write the address without them",
    ],
    [
      'notify: [{ webhook: { url: "env:1X" } }]',
      "error: found text that is no reference to a secret for url; write env:NAME, file:PATH or awssecret:///NAME",
    ],
    ["heartbeat: ftp://x", "error: found text that is no web address for heartbeat; write https://…"],
    [
      "storm: { share: 0.2 }",
      "error: found the number 0.2 for share, where a percentage such as 20% is expected; write a percentage such as 20%",
    ],
    ["storm: { share: 120% }", 'error: found "120%" for share; write a percentage above 0% up to 100%, such as 20%'],
    ["reports: [{ every: week, formats: [html] }]", 'error: found "week" for every; write month'],
    ["reports: [{ every: month, formats: [pdf] }]", 'error: found "pdf" for formats; write html, csv, json or oscal'],
    [
      "reports: [{ every: month, formats: [html], notify: termnal }]\nnotify: [terminal]",
      'warning: found "termnal" for notify, which is no channel\'s name; write "terminal"',
    ],
    [
      "notify: [{ webhook: { url: env:X }, owner: payments }]",
      "warning: found a repository without an owner, whose alerts reach no channel but those of other owners; write a channel without owner:, or one for this owner, that hears them",
    ],
    [
      "defaults: { owner: core }\nnotify: [{ webhook: { url: env:X }, severity: alert }, { webhook: { url: env:Y }, owner: payments }]",
      "warning: found a repository of owner core, whose warnings reach no channel but those of other owners; write a channel without owner:, or one for this owner, that hears them",
    ],
    ["defaults: { owner: core }\nnotify: [{ webhook: { url: env:X } }, { webhook: { url: env:Y }, owner: payments }]"],
    ["defaults: { owner: payments }\nnotify: [{ webhook: { url: env:X }, owner: payments }]"],
    ['controls: ["sr 4"]', 'error: found "sr 4" for controls, which is no id of a control; write one such as sr-4.3'],
  ])("%s is told", (rest, ...lines) => {
    expect(problemsOf(rest)).toEqual(lines);
  });

  it("never shows what may be a secret", () => {
    const told = problemsOf(
      `notify: [{ webhook: "https://hooks.example/hunter2" }, { webhook: { url: "hunter2", secret: hunter2 } }]\nheartbeat: hunter2`,
    );
    expect(told).toHaveLength(4);
    expect(told.filter((line) => line.includes("hunter2"))).toEqual([]);
  });
});

describe("exemptions", () => {
  const COMPLETE = 'repository: ghcr.io/acme/app, tags: ["1.*"], reason: EOL, owner: x, until: 2028-02-29';

  it("take a leap day", () => {
    expect(problemsOf(`exemptions: [{ ${COMPLETE} }]`)).toEqual([]);
  });

  it("are warned of once they have ended, if somebody asks", () => {
    const text = `version: 1${MINIMAL}exemptions: [{ ${COMPLETE} }]\n`;
    const warnings = (now: string) => linesOf(loadFromText(text, {}, Date.parse(now))).filter((line) => line.includes("exemption"));
    expect(warnings("2028-02-29T23:00:00Z")).toEqual([]);
    expect(warnings("2028-03-01T00:00:00Z")).toEqual([
      expect.stringContaining(
        "warning: found an exemption that ended after 2028-02-29: its releases are judged like any other; remove it, or write a later day if it is meant to go on",
      ),
    ]);
  });

  it.each(["repository", "tags", "reason", "owner", "until"])("are refused without %s", (key) => {
    const without = COMPLETE.replace(new RegExp(`${key}: [^,]*(?:, )?`), "");
    expect(problemsOf(`exemptions: [{ ${without} }]`)).toEqual([`error: found no ${key} in exemptions; write ${key}:`]);
  });

  it.each(["2027-02-29", "2027-13-01", "31.01.2027", "2027-1-1", "2027-01-31T00:00:00Z", "tomorrow"])("are refused until %s", (day) => {
    const line = `error: found "${day}" for until, which is no day of the calendar; write YYYY-MM-DD, such as 2027-01-31`;
    expect(problemsOf(`exemptions: [{ ${COMPLETE.replace("2028-02-29", day)} }]`)).toEqual([line]);
  });

  it("are told where nothing of that name is watched", () => {
    expect(problemsOf(`exemptions: [{ ${COMPLETE.replace("acme/app", "acme/ap")} }]`)).toEqual([
      "warning: found an exemption for ghcr.io/acme/ap, which is not watched; remove it, or write the name of a watched repository",
    ]);
  });
});
