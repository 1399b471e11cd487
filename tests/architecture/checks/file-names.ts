import type { Check } from "../run-checks.ts";
import { listTree } from "../tree.ts";

/** Words that say nothing about what is inside, so that everything ends up there. */
const EMPTY_WORDS = new Set(["util", "utils", "helper", "helpers", "manager", "managers", "service", "services"]);

export const checkFileNames: Check = {
  name: "file-names",
  promise: "No file or folder is called utils, helpers, manager or service: a name says what is inside.",
  async find(root) {
    return (await listTree(root)).flatMap((path) => {
      const words = path
        .replaceAll(/([a-z])([A-Z])/g, "$1-$2")
        .toLowerCase()
        .split(/[^a-z]+/);
      const empty = words.find((word) => EMPTY_WORDS.has(word));
      return empty === undefined ? [] : [`${path}: “${empty}” says nothing about what is inside`];
    });
  },
};
