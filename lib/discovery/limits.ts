/** The most that one release may cost, each limit with its reason (architecture section 10). */

/** A cosign payload names one digest and a few annotations; the largest seen is under 1 KiB. */
export const SIMPLE_SIGNING_LIMIT_BYTES = 64 * 1024;
/** SBOM attestations are the largest envelopes that occur. */
export const ENVELOPE_LIMIT_BYTES = 16 * 1024 * 1024;
/** An envelope or bundle has some hundred values at most, and what is large in it is text. A megabyte of `{}` would be a hundred as objects. */
export const ENVELOPE_VALUES_LIMIT = 16_384;
/** Each layer of a signature manifest is one signature; cosign itself stops at 1,000. */
export const LAYERS_LIMIT = 100;
/** A fallback index is one manifest, so this many entries fit into 4 MiB. */
export const REFERRERS_LISTED_LIMIT = 4096;
/** Whoever can push can attach junk. This bounds what it costs us; if there is more, people are told. */
export const REFERRERS_FETCHED_LIMIT = 64;
/**
 * Of large layers, those past {@link SMALL_LAYER_BYTES}, this much is fetched for a digest, and what was verified before besides: eight of the
 * largest SBOMs. At 10 Mbit/s that takes two minutes. The smallest are read first; if some are left, people are told.
 */
export const LARGE_LAYERS_LIMIT_BYTES = 128 * 1024 * 1024;
/** Signatures are smaller, and most attestations. */
export const SMALL_LAYER_BYTES = 64 * 1024;
/** A manifest of a hundred keyless signatures. What is larger is read, and not kept. */
export const KEPT_MANIFEST_BYTES = 1024 * 1024;
/** Annotations of large layers that wait for their turn, of one release. Those of one signature have some KiB. */
export const WAITING_LIMIT_CHARACTERS = 2 * 1024 * 1024;
/** Platforms and attestation manifests of one index. */
export const INDEX_ENTRIES_LIMIT = 64;
