import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, inflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { formatZip, type PackedFile } from "../../lib/evidence-pack/format-zip.ts";
import { makeDirectory } from "../bin/make-directory.ts";

const TIME = Date.parse("2026-11-02T09:30:02Z");
const text = (bytes: string): Uint8Array => new TextEncoder().encode(bytes);
const FILES: readonly PackedFile[] = [
  { name: "README.txt", bytes: text("the same again, ".repeat(100)) },
  { name: "evidence/sha256/00", bytes: Uint8Array.of(0, 255, 7) },
  { name: "empty", bytes: new Uint8Array(0) },
  { name: "verify.sh", bytes: text("#!/bin/sh\n"), executable: true },
];

async function zip(files: Iterable<PackedFile>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(formatZip(eachOf(files), TIME)));
}

async function* eachOf(files: Iterable<PackedFile>): AsyncGenerator<PackedFile> {
  for (const file of files) yield await Promise.resolve(file);
}

/** Reads the central directory, as unzip does. */
function read(archive: Buffer): { name: string; bytes: Buffer; mode: number }[] {
  const end = archive.lastIndexOf(Buffer.from("PK\x05\x06"));
  let at = archive.readUInt32LE(end + 16);
  return Array.from({ length: archive.readUInt16LE(end + 10) }, () => {
    const [nameLength, extraLength] = [archive.readUInt16LE(at + 28), archive.readUInt16LE(at + 30)];
    const name = archive.toString("utf8", at + 46, at + 46 + nameLength);
    const offset = archive.readUInt32LE(at + 42);
    const start = offset + 30 + archive.readUInt16LE(offset + 26) + archive.readUInt16LE(offset + 28);
    const body = archive.subarray(start, start + archive.readUInt32LE(at + 20));
    const bytes = archive.readUInt16LE(at + 10) === 8 ? inflateRawSync(body) : body;
    expect([bytes.length, crc32(bytes)]).toEqual([archive.readUInt32LE(at + 24), archive.readUInt32LE(at + 16)]);
    const mode = archive.readUInt32LE(at + 38) >>> 16;
    at += 46 + nameLength + extraLength;
    return { name, bytes, mode };
  });
}

describe("a ZIP archive", () => {
  it("holds the files in their order, the script executable, and is the same bytes each time", async () => {
    const archive = await zip(FILES);
    expect(read(archive)).toEqual(
      FILES.map(({ name, bytes, executable }) => ({ name, bytes: Buffer.from(bytes), mode: executable === true ? 0o100755 : 0o100644 })),
    );
    expect(archive.equals(await zip(FILES))).toBe(true);
    expect(archive.length).toBeLessThan(1000);
  });

  it("holds more files than an old archive could", async () => {
    const many = Array.from({ length: 70_000 }, (_, at) => ({ name: String(at), bytes: Uint8Array.of(at & 0xff) }));
    const archive = await zip(many);
    const end = archive.lastIndexOf(Buffer.from("PK\x06\x06"));
    expect(Number(archive.readBigUInt64LE(end + 32))).toBe(70_000);
    expect(listWithUnzip(archive) ?? 70_000).toBe(70_000);
  });

  it("is what unzip takes, where it is installed", async () => {
    expect(listWithUnzip(await zip(FILES)) ?? FILES.length).toBe(FILES.length);
  });
});

/** How many files unzip finds whole; null where there is no unzip. */
function listWithUnzip(archive: Buffer): number | null {
  const path = join(makeDirectory(), "pack.zip");
  writeFileSync(path, archive);
  const { error, status, stdout } = spawnSync("unzip", ["-t", path], { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  if (error !== undefined) return null;
  expect(status).toBe(0);
  return stdout.split("\n").filter((line) => line.endsWith("OK")).length;
}
