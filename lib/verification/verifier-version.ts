/**
 * Raised with every change that may judge the same bytes otherwise. It is part of the epoch,
 * so that a verdict that only a new verifier explains is not told as a change of the image.
 */
export const VERIFIER_VERSION = "2";
