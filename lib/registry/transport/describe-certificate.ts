import { connect, type PeerCertificate, type SecureContext } from "node:tls";
import type { LookupFunction } from "node:net";

/** Where the certificate of a host is looked at. */
interface CertificateHost {
  readonly hostname: string;
  readonly port: number;
  /** As for a request: an address out of reach is not connected to. */
  readonly lookup: LookupFunction | undefined;
  readonly secureContext: SecureContext | undefined;
  readonly timeoutMs: number;
}

/** What would mend a refused certificate, by Node's code for it. https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const ENDED = /EXPIRED/;
const NOT_YET = /NOT_YET_VALID/;
const OTHER_NAME = /ALTNAME|HOSTNAME/;
const TEXT_LIMIT_CHARACTERS = 200;

/**
 * Describes why the certificate of a host was refused, and what would mend that: whose it is, until when, and by whom. It connects once
 * more without demanding anything, sends nothing, and ends. If that is not possible, Node's code alone is returned. Never rejects.
 */
export async function describeRefusedCertificate(code: string, host: CertificateHost): Promise<string> {
  const certificate = await readCertificate(host);
  if (certificate === null) return code;
  const whose = `its certificate (${describeName(certificate.subject)}, from ${dayOf(certificate.valid_from)} to ${dayOf(certificate.valid_to)})`;
  if (ENDED.test(code)) return `${code}: ${whose} has ended; renew it`;
  if (NOT_YET.test(code)) return `${code}: ${whose} does not count yet, or the clock of this machine is wrong`;
  if (OTHER_NAME.test(code)) {
    const names = cut(certificate.subjectaltname?.replaceAll("DNS:", "") ?? "no name");
    return `${code}: ${whose} is for ${names} and not for ${host.hostname}; write the name that it is for`;
  }
  const name = host.port === 443 ? host.hostname : `${host.hostname}:${host.port}`;
  return `${code}: ${whose}, issued by ${describeName(certificate.issuer)}, is not trusted here; if it should be, write registries: { "${name}": { ca: FILE } }`;
}

function readCertificate({ hostname, port, lookup, secureContext, timeoutMs }: CertificateHost): Promise<PeerCertificate | null> {
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname,
      port,
      servername: hostname,
      rejectUnauthorized: false,
      ...(lookup && { lookup }),
      ...(secureContext && { secureContext }),
    });
    const end = (certificate: PeerCertificate | null): void => {
      socket.destroy();
      resolve(certificate);
    };
    socket.setTimeout(timeoutMs, () => end(null));
    socket.on("error", () => end(null));
    socket.on("secureConnect", () => {
      const certificate = socket.getPeerCertificate();
      end(typeof certificate.valid_to === "string" ? certificate : null);
    });
  });
}

function describeName(name: PeerCertificate["subject"] | undefined): string {
  const parts = Object.entries(name ?? {}).flatMap(([key, value]) => [value].flat().map((text) => `${key}=${String(text)}`));
  return parts.length === 0 ? "without a subject" : cut(parts.join(", "));
}

function dayOf(time: string): string {
  const parsed = Date.parse(time);
  return Number.isNaN(parsed) ? "an unknown day" : new Date(parsed).toISOString().slice(0, 10);
}

/** Whoever answers wrote this. It is escaped like any other text where it leaves the house. */
function cut(text: string): string {
  return text.length <= TEXT_LIMIT_CHARACTERS ? text : `${text.slice(0, TEXT_LIMIT_CHARACTERS)}…`;
}
