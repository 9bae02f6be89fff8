import { aws_kms as kms, RemovalPolicy } from "aws-cdk-lib";
import type { Construct } from "constructs";

/** The key that signs the head of the history's chain after each run. Its private half never leaves KMS; it outlives the stack. */
export function createSigningKey(scope: Construct): kms.Key {
  return new kms.Key(scope, "SigningKey", {
    keySpec: kms.KeySpec.ECC_NIST_P256,
    keyUsage: kms.KeyUsage.SIGN_VERIFY,
    description: "Signs what Sealwatch recorded",
    removalPolicy: RemovalPolicy.RETAIN,
  });
}
