/** A private registry of ECR. */
interface EcrHost {
  readonly account: string;
  readonly region: string;
}

/** The public registry has tokens of another service, which gives them to anybody. */
export const ECR_PUBLIC = "public.ecr.aws";

const HOST =
  /^(?<account>\d{12})\.dkr[.-]ecr(?:-fips)?\.(?<region>[a-z]{2,}(?:-[a-z]+)+-\d{1,2})\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|on\.aws|on\.amazonwebservices\.com\.cn)$/;

/**
 * Parses the name of a private registry of ECR, or returns null for any other host. It accepts only names that AWS itself serves, because a
 * password is sent there. The password for a FIPS host is the same; AWS_USE_FIPS_ENDPOINT says to request it from a FIPS endpoint.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html, https://docs.aws.amazon.com/general/latest/gr/ecr.html
 */
export function parseEcrHost(host: string): EcrHost | null {
  const groups = HOST.exec(host)?.groups;
  return groups ? { account: groups["account"]!, region: groups["region"]! } : null;
}
