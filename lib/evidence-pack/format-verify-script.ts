import { escapeText, quoteShell } from "../text/escape.ts";
import { digestOf } from "../oci/digest.ts";
import type { PackedCheck } from "./pack-release.ts";
import type { PackGaps } from "./pack-gaps.ts";
import { evidencePath } from "./pack-shelf.ts";
import type { Attempt } from "./plan-check.ts";

/** The POSIX shell script of a pack. Text from a registry appears in it only as a quoted word or as a digest in a file name. */
export class VerifyScript {
  readonly #calls: string[] = [];
  readonly #skipped = new Map<string, number>();

  add({ release: { repository, tag, digest }, plan, keys }: PackedCheck): void {
    const words = [`${repository}:${tag}`, digest ?? "no digest"].map((word) => quoteShell(escapeText(word)));
    if (plan.kind === "skip") {
      this.#skipped.set(plan.why, (this.#skipped.get(plan.why) ?? 0) + 1);
      this.#calls.push(`skip ${words.join(" ")} ${quoteShell(plan.why)}\n`);
      return;
    }
    const lines = plan.signers.flatMap(({ target, signer, attempts }) => [
      `signer ${quoteShell(keys.get(signer)!)} ${target}`,
      ...attempts.map(formatAttempt),
    ]);
    const rest = plan.beyond.length === 0 ? "" : ` ${quoteShell(plan.beyond.join(", "))}`;
    this.#calls.push(`release ${words.join(" ")}\n${lines.join("\n")}\nconclude${rest}\n`);
  }

  /** Formats the script. `gaps` counts the evidence that the pack lacks. */
  format(gaps: Pick<PackGaps, "count" | "changed">): Uint8Array {
    const counts = [...this.#skipped].toSorted(([left], [right]) => (left < right ? -1 : 1));
    const total = counts.reduce((sum, [, count]) => sum + count, 0);
    const list = counts.map(([why, count]) => `${why}: ${count}`).join(", ");
    const end = `${total} not checked${total === 0 ? "" : ` (${list})`}`;
    return new TextEncoder().encode([HEAD, ...this.#calls, formatTail(end, gaps)].join(""));
  }
}

function formatAttempt(attempt: Attempt): string {
  if (attempt.kind === "simple") return `simple ${evidencePath(attempt.payload)} ${evidencePath(digestOf(attempt.signature))}`;
  return `${attempt.kind} ${evidencePath(attempt.layer)} ${quoteShell(attempt.predicateType)}`;
}

const HEAD = `#!/bin/sh
# Checks again, without a network and without Sealwatch, every release of this pack that was signed by a public key.
# Needs cosign 2.6 or newer (https://docs.sigstore.dev/cosign/system_config/installation/); COSIGN names another one.
# Ends with 0, with 1 where something is not as recorded, with 2 where it cannot work.
set -u
LC_ALL=C
export LC_ALL
unset CDPATH
cosign=\${COSIGN:-cosign}
case $cosign in /*) ;; */*) cosign=$PWD/$cosign ;; esac
cd -- "$(dirname -- "$0")" || exit 2
command -v "$cosign" >/dev/null 2>&1 || { echo 'verify.sh: cosign is not installed' >&2; exit 2; }
"$cosign" version >/dev/null 2>&1 || { echo 'verify.sh: cosign does not run here' >&2; exit 2; }
# cosign 2 knows bundles only where it is told of them, cosign 3 has no other default and hides the word.
format=
"$cosign" verify-blob-attestation --help 2>&1 | grep -q -- --new-bundle-format && format=--new-bundle-format
verified=0 partly=0 failed=0 intact=yes
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
# A root that trusts nobody: the keys of this pack are all that counts.
echo '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}' >"$work/root.json"

# cosign looks for news of Sigstore's root, which no check here needs: with a closed door as its proxy it goes on without.
# No signature says by which hash it was made; of all but SHA-256 cosign wants to be told.
ask() {
  for hash in '' sha384 sha512; do
    HOME=$work TUF_ROOT=$work/tuf HTTPS_PROXY=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 NO_PROXY= no_proxy= \\
      "$cosign" "$@" --insecure-ignore-tlog=true \${hash:+--signature-digest-algorithm=$hash} >"$work/said" 2>&1 && return 0
    [ -n "$hash" ] || why=$(tail -n 1 "$work/said" | tr -cd '[:print:]' | cut -c 1-200)
  done
  return 1
}
# A verified payload counts for the image that it names, and for no other.
names() {
  tr -d ' \\t\\r\\n' <"$1" | grep -qF "\\"image\\":{\\"docker-manifest-digest\\":\\"$target\\"}" && return 0
  why='the payload names another digest'
  return 1
}
release() { name=$1 digest=$2 fault= key= found=yes; }
signer() { settle; key=$1 target=$2 found= why='no signature'; }
simple() {
  [ -n "$found" ] || { ask verify-blob --key "$key" --signature "$2" "$1" && names "$1" && found=yes; }
}
bundle() {
  [ -n "$found" ] || { ask verify-blob-attestation --key "$key" --bundle "$1" $format --trusted-root "$work/root.json" \\
    --type="$2" --digestAlg sha256 --digest "\${target#sha256:}" && found=yes; }
}
envelope() {
  [ -n "$found" ] || { ask verify-blob-attestation --key "$key" --signature "$1" \\
    --type="$2" --digestAlg sha256 --digest "\${target#sha256:}" && found=yes; }
}
settle() { [ -n "$found" ] || fault=\${fault:-"$key: $why"}; }
# What the verdict rests on besides stands behind it: that is not checked.
conclude() {
  settle
  if [ -n "$fault" ]; then
    failed=$((failed + 1))
    printf 'FAILED       %s %s: %s\\n' "$name" "$digest" "$fault"
  elif [ $# -gt 0 ]; then
    partly=$((partly + 1))
    printf 'in part      %s %s: its signatures, but not %s\\n' "$name" "$digest" "$1"
  else
    verified=$((verified + 1))
    printf 'verified     %s %s\\n' "$name" "$digest"
  fi
}
skip() { printf 'not checked  %s %s: %s\\n' "$1" "$2" "$3"; }

if command -v sha256sum >/dev/null 2>&1; then sums() { sha256sum "$@"; }; else sums() { shasum -a 256 "$@"; }; fi
report() {
  [ -s "$work/strange" ] || return 0
  intact=
  echo "FAILED       MANIFEST.sha256: $1:"
  tr -cd '[:print:]\\n' <"$work/strange"
}
sums -c MANIFEST.sha256 >"$work/sums" 2>/dev/null || {
  grep -v ': OK$' "$work/sums" >"$work/strange" || echo MANIFEST.sha256 >"$work/strange"
  report 'these files are missing or not as they were packed'
}
if [ -s MANIFEST.sha256 ]; then
  sed -n 's/^[0-9a-f]\\{64\\} [ *]//p' MANIFEST.sha256 | sort >"$work/listed"
  find . ! -type d ! -path ./MANIFEST.sha256 | sed 's:^\\./::' | sort | comm -13 "$work/listed" - >"$work/strange"
  report 'these files are not of this pack'
  sed -n 's:^\\([0-9a-f]\\{64\\}\\) [ *]evidence/sha256/\\(.*\\)$:\\1 \\2:p' MANIFEST.sha256 |
    while read -r sum file; do [ "$sum" = "$file" ] || echo "evidence/sha256/$file"; done >"$work/strange"
  report 'these files are not what their names say'
fi

`;

function formatTail(notChecked: string, { count, changed }: Pick<PackGaps, "count" | "changed">): string {
  const gaps = count === 0 ? "" : `echo 'MISSING.txt names ${count} that the history does not hold as recorded'\n`;
  // Changed bytes are no gap: somebody changed them.
  const fault = changed === 0 ? "" : "intact=\n";
  return `
${gaps}${fault}[ "$partly" -eq 0 ] && partly= || partly=", $partly in part"
printf '%s verified%s, %s failed, %s\\n' "$verified" "$partly" "$failed" ${quoteShell(notChecked)}
[ "$failed" -eq 0 ] && [ -n "$intact" ]
`;
}
