import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import { afterAll, beforeAll } from "vitest";
import type { RowBatch } from "../../src/imports/row-batches.ts";

/** A folder of the test file's own, gone afterwards. */
export function useFolder(): { write(name: string, content: string | Uint8Array): Promise<string> } {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "rekindle-imports-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return {
    async write(name, content) {
      const path = join(folder, name);
      await mkdir(join(path, ".."), { recursive: true });
      await writeFile(path, content);
      return path;
    },
  };
}

/** The bytes of a tar, its files in the order given. */
export function tarOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content);
  archive.finalize();
  return buffer(archive as AsyncIterable<Uint8Array>);
}

/** A dump's file with one `<row>` for each set of attributes, as Stack Exchange writes them. */
export function dumpXml(root: string, rows: readonly string[]): string {
  const lines = rows.map((attributes) => `  <row ${attributes} />\r\n`).join("");
  return `\uFEFF<?xml version="1.0" encoding="utf-8"?>\r\n<${root}>\r\n${lines}</${root}>`;
}

/** A whole community: one user, a question with an answer and a comment, a vote, a badge and a step of history. */
export const TINY_DUMP: Readonly<Record<string, string>> = {
  "Badges.xml": dumpXml("badges", [
    'Id="1" UserId="7" Name="Informed" Date="2016-08-02T15:38:29.913" Class="3" TagBased="False"',
  ]),
  "Comments.xml": dumpXml("comments", [
    'Id="3" PostId="1" Score="2" Text="Why?" CreationDate="2016-08-02T16:00:00.000" UserId="7"',
    'Id="4" PostId="2" Score="0" Text="Thanks" CreationDate="2016-08-02T16:00:01.000" UserDisplayName="left long ago"',
  ]),
  "PostHistory.xml": dumpXml("posthistory", [
    'Id="1" PostHistoryTypeId="2" PostId="1" RevisionGUID="acd1" CreationDate="2016-08-02T15:39:14.947" UserId="7" Text="What is it?"',
    'Id="2" PostHistoryTypeId="77" PostId="1" RevisionGUID="acd2" CreationDate="2016-08-02T15:39:14.947"',
  ]),
  "Posts.xml": dumpXml("posts", [
    'Id="1" PostTypeId="1" AcceptedAnswerId="2" CreationDate="2016-08-02T15:39:14.947" Score="5" ViewCount="169" Body="&lt;p&gt;What is it?&lt;/p&gt;&#xA;" OwnerUserId="7" LastEditDate="2016-08-18T13:20:02.773" Title="What is &quot;backprop&quot;?" Tags="&lt;neural-networks&gt;&lt;c++&gt;"',
    'Id="2" PostTypeId="2" ParentId="1" CreationDate="2016-08-02T15:40:20.623" Score="-1" Body="&lt;p&gt;反向传播 😀&lt;/p&gt;" OwnerDisplayName="user42"',
    'Id="3" PostTypeId="5" CreationDate="2016-08-02T15:40:20.623" Score="0" Body=""',
  ]),
  "Tags.xml": dumpXml("tags", ['Id="1" TagName="neural-networks" Count="1"']),
  "Users.xml": dumpXml("users", [
    'Id="-1" Reputation="1" CreationDate="2016-08-02T00:14:10.580" DisplayName="Community" LastAccessDate="2016-08-02T00:14:10.580"',
    'Id="7" Reputation="101" CreationDate="2016-08-02T15:36:49.227" DisplayName="" LastAccessDate="2017-03-01T09:00:00.000" AboutMe="private"',
  ]),
  "Votes.xml": dumpXml("votes", [
    'Id="1" PostId="1" VoteTypeId="2" CreationDate="2016-08-02T00:00:00.000"',
    'Id="2" PostId="1" VoteTypeId="8" UserId="7" CreationDate="2016-08-03T00:00:00.000" BountyAmount="50"',
    'Id="3" PostId="2" VoteTypeId="99" CreationDate="2016-08-03T00:00:00.000"',
  ]),
};

/** Everything that a reader returns, and the error that ended it, if one did. */
export async function readAll<Row>(batches: AsyncIterable<RowBatch<Row>>) {
  const all: RowBatch<Row>[] = [];
  let error: unknown = null;
  try {
    for await (const batch of batches) all.push(batch);
  } catch (thrown) {
    error = thrown;
  }
  return {
    batches: all,
    rows: all.flatMap((batch) => batch.rows),
    leftOut: all.flatMap((batch) => batch.leftOut),
    error,
  };
}
