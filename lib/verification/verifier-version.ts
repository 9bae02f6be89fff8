/**
 * Raised with every change that may judge the same bytes differently. It is part of the epoch, so that a verdict that changed only because
 * the verifier did is not told as a change of the image.
 */
export const VERIFIER_VERSION = "3";
