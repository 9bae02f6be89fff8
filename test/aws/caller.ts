/** Who made a request, as its signature says. Nothing is verified: the proxy is told the truth by its own processes. */
export interface Caller {
  /** The access key id, which names a role of the template. */
  readonly role: string;
  readonly region: string;
  readonly service: string;
  /** The session token: which process of the role's function it was. */
  readonly instance: string | null;
}

/** Null for a request without a signature, in header or (S3) in the query. */
export function readCaller(headers: Readonly<Record<string, string | string[] | undefined>>, url: string): Caller | null {
  const query = new URL(url, "http://any.invalid").searchParams;
  const credential = /Credential=([^,\s]+)/.exec(headers["authorization"] as string)?.[1] ?? query.get("X-Amz-Credential");
  const [role, , region, service] = (credential ?? "").split("/");
  if (!role || !region || !service) return null;
  const token = headers["x-amz-security-token"] ?? query.get("X-Amz-Security-Token");
  return { role, region, service, instance: typeof token === "string" ? token : null };
}
