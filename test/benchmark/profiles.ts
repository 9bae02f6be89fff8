import { startSigned } from "../imitations/signed-registry.ts";
import { IMITATED_PROFILES, type ImitatedProfile, type SigningWay } from "../imitations/profiles.ts";

const RELEASES = Number(process.argv[2] ?? 1_000);

/** The most requests a release on a night on which a bulk list shows all signatures. */
const LISTED = 0.02;
/** A tag, a signature, its payload; and the list of referrers, or the index that stands in for it. */
const inFull = ({ options }: ImitatedProfile, way: SigningWay): number => (way === ".sig" && !options.referrersApi ? 3 : 4);

/** One column of the table, with its bar, if it has one. */
interface Ratio {
  readonly requests: number;
  readonly bar: number | null;
}

async function measure(profile: ImitatedProfile, way: SigningWay): Promise<Ratio[]> {
  const signed = await startSigned(profile, [way], RELEASES);
  try {
    const requests: number[] = [];
    for (const night of [0, 1, 2, 3]) {
      if (night === 3) signed.push();
      const { requests: counted, document } = await signed.audit(night, night === 2 ? { recheck: { kind: "rolling", nights: 14 } } : {});
      if (document.summary.signed !== signed.pushed())
        throw new Error(`${profile.name}, ${way}: not every release came out signed: ${JSON.stringify(document.summary)}`);
      requests.push(counted);
    }
    const { unchanged, rolling } = profile.dearer?.[way] ?? { unchanged: LISTED, rolling: LISTED };
    const bars = [inFull(profile, way) + 0.05, unchanged, rolling, null];
    return requests.map((counted, at) => ({ requests: counted, bar: bars[at] ?? null }));
  } finally {
    await signed.close();
  }
}

const isBroken = ({ requests, bar }: Ratio): boolean => bar !== null && requests / RELEASES > bar;
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

say(
  `Requests a release, of ${RELEASES.toLocaleString("en")} releases signed by key, as each registry counts them. One key, one repository. Where a list shows everything, all are asked in full once in 14 nights.`,
);
say("");
say("| registry | signed by | first night | unchanged night | rolling 14 | requests for one new release | |");
say("|---|---|---|---|---|---|---|");
for (const profile of IMITATED_PROFILES)
  for (const way of [".sig", "bundle"] as const) {
    const ratios = await measure(profile, way);
    const cells = ratios
      .slice(0, 3)
      .map((ratio) => (ratio.requests / RELEASES).toFixed(3) + (isBroken(ratio) ? ` **above ${ratio.bar}**` : ""));
    say(`| ${profile.name} | ${way} | ${cells.join(" | ")} | ${ratios[3]?.requests} | ${profile.dearer?.[way]?.why ?? ""} |`);
    if (ratios.some(isBroken)) process.exitCode = 1;
  }
