import { FILLED_NAMES } from "./pattern-examples.ts";

/** An identity that a careful pattern refuses, and what the pattern leaves open that lets it in. */
export interface Stranger {
  readonly identity: string;
  readonly remedy: string;
}

export const ANYBODY: Stranger = { identity: "https://stranger.example/anything", remedy: "write the part that only you control" };

const ANY_HOST = String.raw`write the host in full, from https:// to /, with dots as \.`;
const ANY_OWNER = "write the owner's name, ended with /";
const LONGER_OWNER = String.raw`write dots as \. and end the owner's name with /`;
const ANY_MAIL = "write the name before @, or a domain that only you control";
const ANY_DOMAIN = String.raw`write @ and the domain in full, with dots as \.`;

/** Where whoever likes has an account: what only names the host names everybody. */
const SHARED_HOSTS = new Set([
  "github.com",
  "gitlab.com",
  "bitbucket.org",
  "codeberg.org",
  "buildkite.com",
  "app.circleci.com",
  "codefresh.io",
]);
const SHARED_MAIL = new Set(
  ["gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "me.com", "aol.com"].concat([
    "proton.me",
    "protonmail.com",
    "gmx.de",
    "gmx.net",
    "web.de",
    "mail.ru",
    "yandex.ru",
    "qq.com",
    "163.com",
  ]),
);

/**
 * Strangers that are made from one identity that a policy means, the most dangerous first: at another host, whose name may hold that of the
 * host; another owner at a host for everybody; an owner whose name begins or ends with that of the owner. Of an owner that nobody wrote
 * there is none: everybody at a private host may be just who is meant.
 */
export function strangersTo(identity: string): Stranger[] {
  const address = /^(?<scheme>[a-z]+:\/\/)(?<host>[^/]+)(?<rest>\/.*)?$/s.exec(identity)?.groups;
  if (address !== undefined) return strangersAtWeb(address["scheme"]!, address["host"]!, address["rest"] ?? "");
  const mail = /^(?<name>[^@/]*)@(?<domain>[^@/]+)$/.exec(identity)?.groups;
  return mail === undefined ? [] : strangersByMail(mail["name"]!, mail["domain"]!);
}

function strangersAtWeb(scheme: string, host: string, rest: string): Stranger[] {
  const hosts = [
    ...dotless(host),
    `stranger.example`,
    `evil${host}`,
    `evil-${host}`,
    `${host}.stranger.example`,
    `stranger.example/${host}`,
  ];
  const elsewhere = [...hosts.map((other) => `${scheme}${other}${rest}`), `https://stranger.example/${scheme}${host}${rest}`];
  const [, owner = "", path = ""] = /^\/([\w.-]+)(?![^/])(.*)$/s.exec(rest) ?? [];
  return [
    ...elsewhere.map((identity) => ({ identity, remedy: ANY_HOST })),
    ...(SHARED_HOSTS.has(host) && owner !== "" ? [{ identity: `${scheme}${host}/stranger${path}`, remedy: ANY_OWNER }] : []),
    ...(FILLED_NAMES.has(owner) ? [] : [`${owner}-stranger`, `${owner}stranger`, `stranger-${owner}`, `stranger${owner}`]).map((other) => ({
      identity: `${scheme}${host}/${other}${path}`,
      remedy: LONGER_OWNER,
    })),
  ];
}

function strangersByMail(name: string, domain: string): Stranger[] {
  const foreign = [...dotless(domain), "stranger.example", `evil${domain}`, `${domain}.stranger.example`];
  return [
    ...foreign.map((other) => ({ identity: `${name}@${other}`, remedy: ANY_DOMAIN })),
    ...(SHARED_MAIL.has(domain) ? [{ identity: `stranger@${domain}`, remedy: ANY_MAIL }] : []),
    ...(FILLED_NAMES.has(name) ? [] : [{ identity: `stranger${name}@${domain}`, remedy: ANY_MAIL }]),
  ];
}

/** Each dot of a name in turn as a letter, which an unescaped dot matches too. */
function dotless(host: string): string[] {
  return [...host.matchAll(/\./g)].map(({ index }) => `${host.slice(0, index)}x${host.slice(index + 1)}`);
}
