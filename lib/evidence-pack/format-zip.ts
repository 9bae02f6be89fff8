import { crc32, deflateRawSync } from "node:zlib";

/** A file of a pack. `/` separates the folders of its name. */
export interface PackedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly executable?: true;
}

const [LOCAL, CENTRAL, END, END_64, LOCATOR_64] = [0x04034b50, 0x02014b50, 0x06054b50, 0x06064b50, 0x07064b50];
/** From these numbers on, the ZIP64 record has the number and the old field has this one. */
const [MOST_16, MOST_32] = [0xffff, 0xffffffff];
const VERSION = 45;
const MADE_ON_UNIX = 3 << 8;
const NAMES_ARE_UTF8 = 1 << 11;
const DEFLATED = 8;

/**
 * Formats a ZIP archive in pieces, with one file in memory at a time. Order and names are the caller's, and every file has the same time
 * (epoch milliseconds, UTC), so equal files give equal bytes. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export async function* formatZip(files: AsyncIterable<PackedFile>, time: number): AsyncGenerator<Uint8Array> {
  const [clock, day] = formatDosTime(new Date(time));
  const directory: Buffer[] = [];
  let offset = 0;
  for await (const { name, bytes, executable } of files) {
    const path = Buffer.from(name);
    // The default buffer is many times the size of a signature, and is collected late.
    const deflated = deflateRawSync(bytes, { level: 9, chunkSize: Math.min(Math.max(64, bytes.length), 65_536) });
    const [method, body] = deflated.length < bytes.length ? [DEFLATED, deflated] : [0, bytes];
    const common = (extra: number): Buffer =>
      Buffer.concat([
        shorts(VERSION, NAMES_ARE_UTF8, method, clock, day),
        longs(crc32(bytes), body.length, bytes.length),
        shorts(path.length, extra),
      ]);
    const far = offset >= MOST_32 ? Buffer.concat([shorts(1, 8), huge(offset)]) : Buffer.alloc(0);
    const mode = ((executable === true ? 0o100755 : 0o100644) << 16) >>> 0;
    const place = longs(mode, Math.min(offset, MOST_32));
    directory.push(Buffer.concat([longs(CENTRAL), shorts(MADE_ON_UNIX | VERSION), common(far.length), shorts(0, 0, 0), place, path, far]));
    const head = Buffer.concat([longs(LOCAL), common(0), path]);
    yield head;
    yield body;
    offset += head.length + body.length;
  }
  const central = Buffer.concat(directory);
  yield central;
  yield formatEnd(directory.length, central.length, offset);
}

function formatEnd(count: number, size: number, offset: number): Uint8Array {
  const [few, near] = [Math.min(count, MOST_16), Math.min(offset, MOST_32)];
  const end = Buffer.concat([longs(END), shorts(0, 0, few, few), longs(size, near), shorts(0)]);
  if (few < MOST_16 && near < MOST_32) return end;
  const end64 = [longs(END_64), huge(44), shorts(VERSION, VERSION), longs(0, 0), huge(count), huge(count), huge(size), huge(offset)];
  return Buffer.concat([...end64, longs(LOCATOR_64, 0), huge(offset + size), longs(1), end]);
}

/** DOS times count in steps of two seconds, from 1980. */
function formatDosTime(time: Date): [clock: number, day: number] {
  const clock = (time.getUTCHours() << 11) | (time.getUTCMinutes() << 5) | (time.getUTCSeconds() >> 1);
  return [clock, ((time.getUTCFullYear() - 1980) << 9) | ((time.getUTCMonth() + 1) << 5) | time.getUTCDate()];
}

function shorts(...values: readonly number[]): Buffer {
  return Buffer.concat(values.map((value) => Buffer.from([value & 0xff, value >>> 8])));
}

function longs(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [at, value] of values.entries()) bytes.writeUInt32LE(value, 4 * at);
  return bytes;
}

function huge(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
