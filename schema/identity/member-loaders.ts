import { type Member, membersById } from "../../src/identity/member-queries.ts";
import { defineLoader, inOrder } from "../graphql/loader.ts";

export const memberLoader = defineLoader<string, Member | null>(async (reader, ids) =>
  inOrder(ids, await membersById(reader, ids), (member) => member.id),
);
