import { generateKeyPairSync, sign, type KeyPairKeyObjectResult } from "node:crypto";
import { newNeed } from "./access-need.ts";
import { newJsonAnswer, newJsonError } from "./answer.ts";
import type { KnownResources } from "./known-resources.ts";
import type { SmallAnswer } from "./small-services.ts";

/** Pairs of the template's signing keys by ARN, made when they are first used. */
export type SigningKeys = Map<string, KeyPairKeyObjectResult>;

interface SignInput {
  readonly KeyId?: string;
  readonly Message?: string;
  readonly MessageType?: string;
  readonly SigningAlgorithm?: string;
}

/**
 * KMS as far as it signs, by a real pair.
 * Condition keys: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
 */
export function askKms(operation: string, input: unknown, { signingKeys }: KnownResources, keys: SigningKeys): SmallAnswer {
  const { KeyId: arn = "", Message = "", MessageType = "RAW", SigningAlgorithm = "" } = input as SignInput;
  const conditions = { "kms:MessageType": [MessageType], "kms:SigningAlgorithm": [SigningAlgorithm] };
  const pairOf = (): KeyPairKeyObjectResult => {
    const pair = keys.get(arn) ?? generateKeyPairSync("ec", { namedCurve: "P-256" });
    keys.set(arn, pair);
    return pair;
  };
  return {
    needs: [newNeed(`kms:${operation}`, arn, operation === "Sign" ? conditions : {})],
    answer: () => {
      if (!signingKeys.includes(arn)) return newJsonError(400, "NotFoundException", `Key '${arn}' does not exist`);
      if (operation === "GetPublicKey")
        return newJsonAnswer(200, { KeyId: arn, PublicKey: pairOf().publicKey.export({ type: "spki", format: "der" }).toString("base64") });
      if (operation !== "Sign" || MessageType !== "RAW" || SigningAlgorithm !== "ECDSA_SHA_256")
        return newJsonError(400, "UnsupportedOperationException", `${operation} ${SigningAlgorithm} is not answered on this machine`);
      const signature = sign("sha256", Buffer.from(Message, "base64"), pairOf().privateKey);
      return newJsonAnswer(200, { KeyId: arn, Signature: signature.toString("base64"), SigningAlgorithm });
    },
  };
}
