/** A candidate past a limit is rejected with its name. Each bounds what a hostile registry can make us read or compute. */

/** A payload names one image; real ones have some hundred bytes. */
export const SIMPLE_SIGNING_PAYLOAD_LIMIT_BYTES = 64 * 1024;
/** A signature, or a certificate with its chain. */
export const ANNOTATION_LIMIT_CHARACTERS = 256 * 1024;
/** An attestation may carry an SBOM. */
export const BUNDLE_LIMIT_BYTES = 16 * 1024 * 1024;
/** An SBOM of the largest size that is read. Only what a signer of the policy made is parsed. */
export const STATEMENT_VALUES_LIMIT = 2_000_000;
/** A bundle without a statement has some ten KiB of signatures, certificates and log entries. */
export const MESSAGE_BUNDLE_LIMIT_BYTES = 64 * 1024;
/** What lies in a bundle beside the payload that is signed: anybody may add to it. Log entries may hold some hundred KiB each. */
export const UNSIGNED_PART_LIMIT_BYTES = 4 * 1024 * 1024;
/** Predicate types are addresses. */
export const PREDICATE_TYPE_LIMIT_CHARACTERS = 1024;
/** Each one costs a signature or a certificate chain (CVE-2024-45395). */
export const LOG_ENTRIES_LIMIT = 4;
export const TIMESTAMPS_LIMIT = 4;
export const ENVELOPE_SIGNATURES_LIMIT = 4;
export const STATEMENT_SUBJECTS_LIMIT = 1024;
/** For text of a registry, certificate or payload that becomes part of a sentence. */
export const QUOTED_TEXT_LIMIT_CHARACTERS = 128;
/** Real ones have two thousand bytes; each byte of a hostile one may become an element of a tree. */
export const CERTIFICATE_LIMIT_BYTES = 32 * 1024;
/** Certificates beside a signature, from the signing one to a root. */
export const CERTIFICATE_CHAIN_LIMIT = 8;
/** Results kept between signatures of one run. */
export const LIMIT_CERTIFICATES_KEPT = 16;
export const LIMIT_CHECKPOINTS_KEPT = 64;
/** A checkpoint has some hundred bytes, also with many witnesses; the body of a log entry may hold an attestation. */
export const CHECKPOINT_LIMIT_CHARACTERS = 64 * 1024;
export const PROOF_HASHES_LIMIT = 64;
export const TIMESTAMP_LIMIT_BYTES = 64 * 1024;
export const LOG_BODY_LIMIT_BYTES = 1024 * 1024;
