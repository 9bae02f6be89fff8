import { newKeyNeed, newNeed, type AccessNeed } from "./access-need.ts";
import { newJsonAnswer, newJsonError, newQueryError, newXmlAnswer, type Answer } from "./answer.ts";
import type { KnownResources } from "./known-resources.ts";

/** What the proxy answers of itself, since a line of each service is all that a Lambda asks. */
export interface SmallAnswer {
  readonly needs: readonly AccessNeed[];
  readonly answer: () => Answer;
}

/** Values by the name of the secret. */
export type Secrets = ReadonlyMap<string, string>;

export function askSecretsManager(operation: string, input: unknown, resources: KnownResources, secrets: Secrets): SmallAnswer {
  const { SecretId: id = "" } = input as { readonly SecretId?: string };
  if (operation !== "GetSecretValue") return { needs: [newNeed(`secretsmanager:${operation}`, id)], answer: () => refuse(operation) };
  const { region, account } = resources;
  const inTemplate = resources.secrets.find(({ name, arn }) => id === name || id === arn || id === arn.slice(0, -"-XXXXXX".length));
  const named = inTemplate?.name ?? id.replace(/^arn:.*:secret:(.*)-[A-Za-z0-9]{6}$/, "$1");
  // Every secret's ARN ends with six characters that are not in its name.
  const arn = inTemplate?.arn ?? (id.startsWith("arn:") ? id : `arn:aws:secretsmanager:${region}:${account}:secret:${named}-L0cal1`);
  const key = inTemplate?.key ?? null;
  return {
    needs: [
      newNeed("secretsmanager:GetSecretValue", arn),
      ...(key === null ? [] : [newKeyNeed("kms:Decrypt", key, "secretsmanager", { SecretARN: arn })]),
    ],
    answer: () => {
      const value = secrets.get(named);
      if (value === undefined) return newJsonError(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
      return newJsonAnswer(200, { ARN: arn, Name: named, SecretString: value, VersionId: "local", VersionStages: ["AWSCURRENT"] });
    },
  };
}

/** `token` is `user:password`, as in `docker login`. */
export function askEcr(operation: string, { region, account }: KnownResources, token: string, now: number): SmallAnswer {
  return {
    needs: [newNeed(`ecr:${operation}`, "*")],
    answer: () => {
      if (operation !== "GetAuthorizationToken") return refuse(operation);
      const data = {
        authorizationToken: Buffer.from(token).toString("base64"),
        expiresAt: Math.floor(now / 1000) + 12 * 3600,
        proxyEndpoint: `https://${account}.dkr.ecr.${region}.amazonaws.com`,
      };
      return newJsonAnswer(200, { authorizationData: [data] });
    },
  };
}

/** Everyone may ask who they are. */
export function askSts(form: URLSearchParams, { account }: KnownResources, caller: string): SmallAnswer {
  const operation = form.get("Action") ?? "";
  if (operation !== "GetCallerIdentity")
    return {
      needs: [newNeed(`sts:${operation}`, form.get("RoleArn") ?? "*")],
      answer: () => newQueryError(400, "InvalidAction", operation),
    };
  const result = `<GetCallerIdentityResult><Arn>${caller}</Arn><UserId>AROALOCAL:local</UserId><Account>${account}</Account></GetCallerIdentityResult>`;
  return {
    needs: [],
    answer: () => newXmlAnswer(200, `<GetCallerIdentityResponse>${result}</GetCallerIdentityResponse>`),
  };
}

function refuse(operation: string): Answer {
  return newJsonError(400, "UnknownOperationException", `${operation} is not answered on this machine`);
}
