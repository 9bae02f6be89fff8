import { Command, CommanderError, Option } from "commander";
import { escapeText } from "../lib/text/escape.ts";
import { exitWith, reportError, surviveBrokenOutput } from "./doors/exit.ts";
import { VERSION } from "./doors/version.ts";

/** Adds what every command takes. A flag comes before the environment, and the environment before what is found. */
function addCommonOptions(command: Command): Command {
  return command
    .option("--config <file>", "watch list (default: $SEALWATCH_CONFIG, then ./sealwatch.yaml)")
    .option(
      "--history <file|url>",
      "history, a file or dynamodb://TABLE[?region=REGION] (default: $SEALWATCH_HISTORY, then .sealwatch/history.db beside the watch list)",
    )
    .option("--now <time>", "take this ISO time for now: tests and replays");
}

function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}\n`;
}

/** Builds the command line. The code of a command is loaded when it runs, so that help and lint stay quick. */
function buildProgram(): Command {
  const program = new Command("sealwatch")
    .description("Audits container-image signatures and tells when signing regressed.")
    .version(VERSION)
    .showHelpAfterError("(sealwatch --help shows what there is)")
    .exitOverride()
    .addHelpText(
      "after",
      examples(
        "sealwatch demo",
        "sealwatch lint",
        "sealwatch audit --fail-on regression",
        "sealwatch inspect ghcr.io/acme/app:v1.4.2 --key cosign.pub",
      ),
    );

  addCommonOptions(program.command("audit"))
    .description("audit every repository of the watch list, record the result, tell what got worse")
    .addOption(
      new Option("--repository <ref>", "only this repository of the watch list; may be given several times")
        .argParser(collect)
        .default([], "every one"),
    )
    .option("--json", "one JSON document on stdout")
    .option("--output <file>", "write the result to a file instead of stdout")
    .option("--all", "list signed releases too")
    .option("--fail-on <what>", "exit code 1 for: unknown, unsigned, regression or never (default: unknown)")
    .option("--what-if <file>", "what this other watch list would say, from what was recorded: asks no registry, writes nothing")
    .addHelpText(
      "after",
      `${examples("sealwatch audit", "sealwatch audit --json --output result.json", "sealwatch audit --repository ghcr.io/acme/app --all", "sealwatch audit --what-if stricter.yaml")}
Exit codes (--fail-on unknown): 0 all signed or exempt, 1 a release is unsigned or untrusted, 3 something is unknown,
2 usage, watch list, history or self-check.
`,
    )
    .action(async (options) => exitWith(await (await import("./commands/audit.ts")).audit(options)));

  addCommonOptions(program.command("plan"))
    .description("show what an audit would look at: logins, releases, what is left out and why; judges nothing")
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      `${examples("sealwatch plan", "sealwatch plan --json | jq '.repositories[].leftOut'")}
Exit codes: 0 everything was listed, 2 usage, watch list or a refused login, 3 something could not be listed.
`,
    )
    .action(async (options) => exitWith(await (await import("./commands/plan.ts")).plan(options)));

  addCommonOptions(program.command("inspect"))
    .description("show every place, every candidate and the verdict of one release, and commands that show the same")
    .argument("<reference>", "image, by tag or digest")
    .option("--key <file>", "public key (PEM) that must have signed, instead of the watch list's policy")
    .option("--certificate-identity <text>", "identity (subject) of a keyless signer")
    .option("--certificate-identity-regexp <pattern>", "the same, as an RE2 pattern of the whole identity")
    .option("--certificate-oidc-issuer <url>", "issuer of a keyless signer")
    .option("--trusted-root <file>", "trusted_root.json for that signer (default: the watch list's for this repository, else Sigstore's)")
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      examples(
        "sealwatch inspect ghcr.io/acme/app:v1.4.2",
        "sealwatch inspect ghcr.io/acme/app@sha256:6e5d… --key cosign.pub --json",
        "sealwatch inspect ghcr.io/acme/app:v1.4.2 --certificate-identity https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.4.2 --certificate-oidc-issuer https://token.actions.githubusercontent.com",
      ),
    )
    .action(async (reference, options) => exitWith(await (await import("./commands/inspect.ts")).inspect(reference, options)));

  addCommonOptions(program.command("init"))
    .description("look at real signatures and propose the narrowest watch list that fits them")
    .argument("<reference...>", "repositories, as registry/repository")
    .option("--write <file>", "add the proposal to this watch list (made where there is none) instead of printing it")
    .option("--trusted-root <file>", "look under this trusted_root.json (a private Sigstore) instead of Sigstore's and GitHub's own")
    .addHelpText(
      "after",
      `${examples("sealwatch init ghcr.io/acme/app", "sealwatch init ghcr.io/acme/app ghcr.io/acme/api --write sealwatch.yaml")}
Exit codes: 0 a policy was proposed for every repository, 1 for some nobody who signed could be named, 3 a repository, a release or a
trusted root could not be read, 2 usage, or the result would be no watch list: nothing was written.
`,
    )
    .action(async (references, options) => exitWith(await (await import("./commands/init.ts")).init(references, options)));

  addCommonOptions(program.command("lint"))
    .description("read the watch list and name every problem with line and column")
    .addHelpText("after", examples("sealwatch lint", "sealwatch lint --config teams/app.yaml"))
    .action(async (options) => exitWith(await (await import("./commands/lint.ts")).lint(options)));

  // The group has the common options too, so that they may come before the subcommand.
  const findings = addCommonOptions(program.command("findings"))
    .description("what was found and is not over yet")
    .addHelpText("after", examples("sealwatch findings", "sealwatch findings show 7Q3K9D2M"));
  addCommonOptions(findings.command("list", { isDefault: true }))
    .description("open and acknowledged findings")
    .option("--owner <name>", "only those of this owner's repositories")
    .option("--severity <severity>", "only these: alert, warning or notice")
    .option("--cause <cause>", "only those with this cause, such as release-unsigned")
    .option("--repository <ref>", "only those of this repository")
    .option("--status <status>", "only these: open, acknowledged, resolved or withdrawn")
    .option("--json", "a JSON list on stdout")
    .addHelpText(
      "after",
      examples(
        "sealwatch findings",
        "sealwatch findings list --severity alert --status open",
        "sealwatch findings list --json",
        "sealwatch findings --history .sealwatch/history.db",
      ),
    )
    .action(async (_options, command: Command) =>
      exitWith(await (await import("./commands/findings.ts")).listFindings(command.optsWithGlobals())),
    );
  addCommonOptions(findings.command("show"))
    .description("one finding, with all that was recorded")
    .argument("<id>", "its 8 characters, or at least 4 that only it begins with")
    .option("--json", "one JSON document on stdout")
    .addHelpText("after", examples("sealwatch findings show 7Q3K9D2M", "sealwatch findings show 7Q3K --json"))
    .action(async (id: string, _options, command: Command) =>
      exitWith(await (await import("./commands/findings.ts")).showFinding(id, command.optsWithGlobals())),
    );

  addCommonOptions(findings.command("acknowledge"))
    .description("take findings on: they stay, and count as acknowledged until then")
    .argument("[id...]", "their 8 characters, or at least 4 that only one begins with")
    .option("--repository <ref>", "instead of ids: all open findings of this repository")
    .option("--cause <cause>", "instead of ids, or beside --repository: all open findings with this cause")
    .requiredOption("--until <date>", "a day (UTC, inclusive) or a time from now: 2027-01-31, 8h, 3d")
    .requiredOption("--reason <text>", "why it may wait")
    .requiredOption("--owner <name>", "who sees to it")
    .option("--force", "take a time that is more than a year away")
    .addHelpText(
      "after",
      examples(
        "sealwatch findings acknowledge 7Q3K9D2M --until 3d --reason 'release is being rebuilt' --owner platform",
        "sealwatch findings acknowledge --repository ghcr.io/acme/old --cause release-unsigned --until 2027-01-31 --reason 'end of life' --owner platform",
      ),
    )
    .action(async (ids: string[], _options, command: Command) =>
      exitWith(await (await import("./commands/acknowledge.ts")).acknowledge(ids, command.optsWithGlobals())),
    );
  addCommonOptions(findings.command("reopen"))
    .description("take acknowledgements back")
    .argument("<id...>", "their 8 characters, or at least 4 that only one begins with")
    .addHelpText("after", examples("sealwatch findings reopen 7Q3K9D2M"))
    .action(async (ids: string[], _options, command: Command) =>
      exitWith(await (await import("./commands/acknowledge.ts")).reopen(ids, command.optsWithGlobals())),
    );

  addCommonOptions(program.command("restore"))
    .description("write a lost signature, as it was kept, for a push back to the registry; or the command that puts a moved tag back")
    .argument("<id>", "the finding that reports the loss: its 8 characters, or at least 4 that only it begins with")
    .requiredOption("--output <dir>", "an empty directory for the OCI layout")
    .addHelpText(
      "after",
      `${examples("sealwatch restore 7Q3K9D2M --output signature", "crane push signature ghcr.io/acme/app:sha256-6e5d….sig")}
It asks no registry and pushes nothing. Exit codes: 0 written, 1 too little was kept of some signature, 2 usage or history.
`,
    )
    .action(async (id: string, options) => exitWith(await (await import("./commands/restore.ts")).restore(id, options)));

  addCommonOptions(program.command("history"))
    .description("what was recorded of a release, or what all releases of a repository were on a day; asks no registry")
    .argument("[reference]", "repository with a tag (its timeline) or without (its state)")
    .option("--verify", "is every closed run as it was closed? names the first that was changed or is missing")
    .option("--key <file>", "with --verify: the head must be signed by this public key (PEM); in AWS each run signs it")
    .option(
      "--head <file>",
      "with --verify: the chain must lead to this head that was noted: a file, or s3://BUCKET/ for the newest of the stack",
    )
    .option("--from <day>", "from this day on (UTC, inclusive): 2026-10-01")
    .option("--to <day>", "up to this day (UTC, inclusive); the state of a repository is the one at its end")
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      examples(
        "sealwatch history ghcr.io/acme/app:v1.4.2",
        "sealwatch history ghcr.io/acme/app --to 2026-10-31",
        "sealwatch history ghcr.io/acme/app:latest --from 2026-10-01 --to 2026-10-31 --json",
        "sealwatch history --verify --history .sealwatch/history.db",
      ),
    )
    .action(async (reference: string | undefined, options) =>
      exitWith(
        options.verify === true
          ? await (await import("./commands/verify-history.ts")).verifyHistory(reference, options)
          : await (await import("./commands/history.ts")).history(reference, options),
      ),
    );

  addCommonOptions(program.command("report"))
    .description("a period's evidence in one file: what was signed, by whom, what was wrong for how long; asks no registry")
    .option("--month <month>", "a month (UTC): 2026-10 (default: the present one up to now)")
    .option("--from <day>", "from this day on (UTC, inclusive): 2026-10-01")
    .option("--to <day>", "up to this day (UTC, inclusive; default: today)")
    .option("--as-of <day>", "as it was known at the end of this day, or at a time: 2026-11-02, 2026-11-02T09:00:00Z (default: now)")
    .option("--format <format>", "html, csv, json or oscal (default: html)")
    .option("--output <file>", "write the report to a file instead of stdout")
    .option("--pack <file>", "write all formats, the evidence behind them and a script that checks it without Sealwatch, as a ZIP")
    .addHelpText(
      "after",
      `${examples(
        "sealwatch report --month 2026-10 --output october.html",
        "sealwatch report --from 2026-10-01 --to 2026-12-31 --format csv --output quarter.csv",
        "sealwatch report --month 2026-10 --as-of 2026-11-02 --format json",
        "sealwatch report --format oscal --history dynamodb://sealwatch",
        "sealwatch report --month 2026-10 --pack october.zip",
      )}
Exit codes: 0 the report was written, whatever it says; 2 usage or history.
`,
    )
    .action(async (options) => exitWith(await (await import("./commands/report.ts")).report(options)));

  program
    .command("demo")
    .description(
      "the real audit over an embedded registry: three nights, a regression told, a report; needs no network and no configuration",
    )
    .option("--keep <dir>", "keep the watch list and the history in this directory")
    .addHelpText("after", examples("sealwatch demo", "sealwatch demo --keep demo"))
    .action(async (options) => exitWith(await (await import("./commands/demo.ts")).demo(options)));
  return program;
}

/** Refuses an unknown command, because `--help` behind it would show the commands and exit with 0. */
function refuseUnknownCommand(program: Command, [, , ...args]: readonly string[]): void {
  const named = args.filter((argument) => !argument.startsWith("-")).slice(0, args[0] === "help" ? 2 : 1);
  const unknown = named.find((name) => name !== "help" && !program.commands.some((command) => command.name() === name));
  if (unknown !== undefined) program.error(`error: unknown command '${escapeText(unknown)}'`, { code: "commander.unknownCommand" });
}

surviveBrokenOutput();
try {
  const program = buildProgram();
  refuseUnknownCommand(program, process.argv);
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) await exitWith(error.exitCode === 0 ? 0 : 2);
  else await exitWith(reportError(error));
}
