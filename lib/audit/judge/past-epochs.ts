import { findText } from "../../history/past/find-evidence.ts";
import type { TagState } from "../../history/state.ts";
import type { EvidenceStore } from "../../history/store.ts";
import type { Digest } from "../../oci/digest.ts";
import type { Group } from "../list/group-releases.ts";
import type { ListedRelease } from "../list/resolve-releases.ts";
import { readPastEpoch, type Epoch, type PastEpoch } from "./epoch.ts";
import type { PastQuestion } from "./inquiry.ts";

/** An epoch under which tags of a release were last judged, as it is kept. */
interface LoadedEpoch extends PastEpoch {
  readonly text: string;
}

/** The epochs under which the tags of a release were last judged and that are not tonight's, by their ids, as far as they can be read. */
export type PastEpochs = ReadonlyMap<string, LoadedEpoch>;

/** Loads them before the release is judged: candidates are judged under them, too, while their bytes are at hand. */
export async function loadPastEpochs(
  states: readonly (TagState | undefined)[],
  epoch: Epoch,
  store: Pick<EvidenceStore, "loadEvidence">,
): Promise<PastEpochs> {
  const loaded = new Map<string, LoadedEpoch>();
  for (const id of new Set(states.flatMap((state) => state?.last?.epoch ?? []))) {
    if (id === epoch.id) continue;
    const text = await findText(store, id as Digest);
    const past = text === null ? null : await readPastEpoch(text, (digest) => findText(store, digest));
    if (text !== null && past !== null) loaded.set(id, { ...past, text });
  }
  return loaded;
}

/** Returns what candidates of a release will be judged under beside tonight's policy. */
export function pastQuestions(group: Group, states: readonly (TagState | undefined)[], epochs: PastEpochs): PastQuestion[] {
  const questions = new Map<string, PastQuestion>();
  group.releases.forEach((listed, at) => {
    const past = epochs.get(states[at]?.last?.epoch ?? "");
    const names = namesUnderPast(listed, group);
    if (past !== undefined)
      questions.set(`${past.text}\n${names.join("\n")}`, { policy: past.document.policy, trust: past.trust.find, names });
  });
  return [...questions.values()];
}

/** Returns what `{tag}` stands for in a former policy, which may have named tags although tonight's does not. */
export function namesUnderPast({ kind, tag }: ListedRelease, { releases, names }: Group): readonly string[] {
  if (kind === "version") return [tag];
  const versions = releases.filter((release) => release.kind === "version").map((release) => release.tag);
  return versions.length > 0 ? versions : names;
}
