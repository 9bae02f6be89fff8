import type { ServerResponse } from "node:http";
import { sendJson } from "../start-server.ts";

/** What an API may answer instead of a list. Nothing of it may be believed. */
export const BROKEN_ANSWERS: readonly [string, (response: ServerResponse) => void][] = [
  ...[401, 403, 404, 405, 410, 501].map((status): [string, (response: ServerResponse) => void] => [
    `with ${status}`,
    (response) => sendJson(response, status, { message: "no" }),
  ]),
  ["with a page of HTML", (response) => void response.writeHead(200, { "content-type": "text/html" }).end("<html>Sign in</html>")],
  ["with a redirect", (response) => void response.writeHead(302, { location: "https://login.example/" }).end()],
  ["with nothing", (response) => void response.writeHead(200, { "content-type": "application/json" }).end()],
  ["with half a document", (response) => void response.writeHead(200, { "content-type": "application/json" }).end('[{"name": "v1"')],
  ["with null", (response) => sendJson(response, 200, null)],
  ["with another document", (response) => sendJson(response, 200, { ok: true })],
  ["with another list", (response) => sendJson(response, 200, [1, 2])],
];
