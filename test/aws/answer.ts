import type { AccessNeed } from "./access-need.ts";

/** What goes back to a client. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** The services whose clients an auditor has: the name in the scope of a signature. */
export type ServiceName = "dynamodb" | "sns" | "s3" | "secretsmanager" | "ecr" | "sts" | "kms";

const REQUEST_ID = "local";

/** An error of one of the JSON protocols; `type` is the name by which the SDK throws it. */
export function newJsonError(status: number, type: string, message: string): Answer {
  return newJsonAnswer(status, { __type: type, message, Message: message }, { "x-amzn-errortype": type });
}

export function newJsonAnswer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": REQUEST_ID, ...headers },
    body: Buffer.from(JSON.stringify(body)),
  };
}

/** S3's errors are XML without a wrapper; an answer to HEAD has no body, and the SDK makes a name of the status. */
export function newS3Error(status: number, code: string, message: string, method = "GET"): Answer {
  const xml = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${escapeXml(message)}</Message><RequestId>${REQUEST_ID}</RequestId></Error>`;
  return { status, headers: { "content-type": "application/xml" }, body: Buffer.from(method === "HEAD" ? "" : xml) };
}

export function newQueryError(status: number, code: string, message: string): Answer {
  const xml = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error><RequestId>${REQUEST_ID}</RequestId></ErrorResponse>`;
  return newXmlAnswer(status, xml);
}

export function newXmlAnswer(status: number, xml: string): Answer {
  return { status, headers: { "content-type": "text/xml" }, body: Buffer.from(xml) };
}

/** The service's own form of "no", with the sentence of IAM. */
export function denyAccess(service: ServiceName, caller: string, { action, resource }: AccessNeed, method: string): Answer {
  const message = `User: ${caller} is not authorized to perform: ${action} on resource: ${resource}`;
  const isKey = action.startsWith("kms:");
  switch (service) {
    case "s3":
      return newS3Error(403, "AccessDenied", message, method);
    case "sns":
      return isKey ? newQueryError(400, "KMSAccessDenied", message) : newQueryError(403, "AuthorizationError", message);
    case "sts":
      return newQueryError(403, "AccessDenied", message);
    case "dynamodb":
    case "kms":
      return newJsonError(400, "AccessDeniedException", message);
    case "ecr":
    case "secretsmanager":
      return newJsonError(400, "AccessDeniedException", isKey ? `Access to KMS is not allowed. ${message}` : message);
  }
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
