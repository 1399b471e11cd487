import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { dataSetPath } from "../../bench/data-sets.ts";
import { DUMP_PARTS, openStackExchangeDump, siteOfDump } from "../../src/imports/stackexchange-dump.ts";
import { TINY_DUMP, tarOf, useFolder } from "./import-files.ts";

const folder = useFolder();

async function writeFolder(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const paths = await Promise.all(Object.entries(files).map(([file, xml]) => folder.write(`${name}/${file}`, xml)));
  return dirname(paths[0]!);
}

const FILES = ["Users.xml", "Posts.xml", "Comments.xml", "Votes.xml", "Badges.xml", "PostHistory.xml"];

describe("opening a Stack Exchange dump", () => {
  it.each<[string, () => Promise<string>]>([
    ["a folder", () => writeFolder("tiny", TINY_DUMP)],
    ["a .tar", async () => folder.write("tiny.tar", await tarOf(TINY_DUMP))],
    ["a .tar.gz", async () => folder.write("tiny.tar.gz", gzipSync(await tarOf(TINY_DUMP)))],
  ])("reads every part of %s, in any order, as often as wished", async (_, write) => {
    const dump = await openStackExchangeDump(await write());
    expect(dump.site).toBe("tiny");
    expect(dump.files.map(({ name }) => name)).toEqual(FILES);
    expect(dump.filesLeftOut).toEqual(["Tags.xml"]);
    for (const part of [...DUMP_PARTS, ...DUMP_PARTS.toReversed()]) {
      const file = dump.files.find((candidate) => candidate.part === part)!;
      expect(file.bytes).toBe(Buffer.byteLength(TINY_DUMP[file.name]!));
      expect((await buffer(dump.read(part))).toString()).toBe(TINY_DUMP[file.name]);
    }
  });

  it("reads parts that are too large to keep in memory from the archive again", async () => {
    const path = await folder.write("large.tar", await tarOf(TINY_DUMP));
    const checked: number[] = [];
    const dump = await openStackExchangeDump(path, {
      heldBytesMax: 700,
      onCheck: ({ bytesRead, bytesTotal }) => checked.push(bytesRead / bytesTotal),
    });
    expect(checked.at(-1)).toBe(1);
    for (const { part, name } of [...dump.files, ...dump.files]) {
      expect((await buffer(dump.read(part))).toString()).toBe(TINY_DUMP[name]);
    }
    await folder.write("large.tar", await tarOf({ "Users.xml": "" }));
    await expect(buffer(dump.read("posts"))).rejects.toMatchObject({ code: "import.unreadable" });
  });

  it("lets go of an archive that is not read to its end", async () => {
    const path = await folder.write("left.tar", await tarOf(TINY_DUMP));
    const dump = await openStackExchangeDump(path);
    for await (const _ of dump.read("votes")) break;
    expect(await text(dump.read("votes"))).toContain("<votes>");
  });

  it("finds files in a folder inside the archive, passes over macOS's shadows, and does without optional parts", async () => {
    const path = await folder.write(
      "nested.tar",
      await tarOf({
        "beer/._Posts.xml": "shadow",
        "beer/posts.xml": TINY_DUMP["Posts.xml"]!,
        "beer/users.xml": TINY_DUMP["Users.xml"]!,
        "beer/readme.txt": "hello",
      }),
    );
    const dump = await openStackExchangeDump(path, { site: "brewing" });
    expect(dump.site).toBe("brewing");
    expect(dump.files.map(({ part }) => part)).toEqual(["users", "posts"]);
    expect(await text(dump.read("votes"))).toBe("");
  });

  it.each([
    ["stackexchange_ai_2017-03.tar.xz", "ai"],
    ["stackexchange_quantumcomputing_2018-09.tar.xz", "quantumcomputing"],
    ["dumps/ai.stackexchange.com.tar", "ai"],
    ["ai.meta.stackexchange.com", "ai-meta"],
    ["meta.ai.stackexchange.com", "ai-meta"],
    ["stackoverflow.com.tgz", "stackoverflow"],
    ["Beer/", "beer"],
    ["beer_2016", "beer"],
    ["---", "stackexchange"],
  ])("takes the site of %s to be %s", (path, site) => {
    expect(siteOfDump(path)).toBe(site);
  });
});

describe("a dump that cannot be read is refused, naming the file and what to do", () => {
  const refusal = (reason: string, remedy: string) => ({
    code: "import.unreadable",
    data: {
      file: expect.any(String),
      reason: expect.stringContaining(reason),
      remedy: expect.stringContaining(remedy),
    },
  });

  it.each<[string, () => Promise<string>, string, string]>([
    ["a path to nothing", async () => "does-not-exist.tar", "does not exist", "check the path"],
    ["an empty file", () => folder.write("empty.tar", ""), "is empty", "again"],
    ["a text file", () => folder.write("text.tar", "hello ".repeat(200)), "is damaged", "again"],
    ["a .7z", () => folder.write("ai.7z", Buffer.from("377abcaf271c0004", "hex")), "is a 7z archive", "unpack it"],
    [
      "a folder without posts",
      () => writeFolder("no-posts", { "Users.xml": "" }),
      "holds no Posts.xml",
      "folder or archive",
    ],
    [
      "two dumps in one archive",
      async () =>
        folder.write(
          "two.tar",
          await tarOf({ "a/Users.xml": "", "b/Users.xml": "", "a/Posts.xml": "", "b/Posts.xml": "" }),
        ),
      "holds more than one dump (a/Users.xml, b/Users.xml)",
      "by itself",
    ],
    [
      "a truncated .tar",
      async () => folder.write("cut.tar", (await tarOf(TINY_DUMP)).subarray(0, 5_000)),
      "ends too early",
      "again",
    ],
    [
      "a truncated .tar.gz",
      async () => folder.write("cut.tar.gz", gzipSync(await tarOf(TINY_DUMP)).subarray(0, 500)),
      "ends too early",
      "again",
    ],
  ])("%s", async (_, write, reason, remedy) => {
    await expect(openStackExchangeDump(await write())).rejects.toMatchObject(refusal(reason, remedy));
  });

  const realDump = dataSetPath("stackexchange_ai_2017-03.tar.xz");
  const skipped =
    realDump === null ? " (skipped: the ai dump is absent; set REKINDLE_DATA to the data sets' folder)" : "";

  it.skipIf(realDump === null)(
    `a .tar.xz that is truncated or damaged, before anything is read of it${skipped}`,
    async () => {
      const whole = await readFile(realDump!);
      const cut = await folder.write("cut.tar.xz", whole.subarray(0, whole.length / 2));
      await expect(openStackExchangeDump(cut)).rejects.toMatchObject({
        ...refusal("ends too early: it was cut short", "download it again"),
        data: expect.objectContaining({ file: cut }),
      });
      const damaged = Buffer.from(whole);
      damaged.fill(0x58, 500_000, 500_008);
      const path = await folder.write("damaged.tar.xz", damaged);
      await expect(openStackExchangeDump(path)).rejects.toMatchObject(refusal("is damaged", "again"));
      // The decompressor serves one file at a time: errors must have let go of it.
      expect((await openStackExchangeDump(realDump!)).files).toHaveLength(6);
    },
  );
});
