// key.mjs: the right option of an item of the demonstration, by its stem, from the file that the demonstration imports. No page tells it.

import {readFileSync} from "node:fs";

/** Rows of a CSV file (RFC 4180). */
function rows(text) {
  const all = [];
  let row = [], cell = "", quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === "," || c === "\n") {
      row.push(cell.replace(/\r$/, ""));
      cell = "";
      if (c === "\n") all.push(row.splice(0));
    } else cell += c;
  }
  return all;
}

const plain = (text) => text.replace(/\s+/g, " ").trim();
let keys;
export function rightOption(stem) {
  if (!keys) {
    const [head, ...items] = rows(readFileSync(new URL("../../server/demo/items.csv", import.meta.url), "utf8").replace(/^\ufeff/, ""));
    const at = (name) => head.indexOf(name);
    keys = new Map(items.map((item) => [plain(item[at("stem")]), plain(item[at("option_" + item[at("key")].toLowerCase())])]));
  }
  return keys.get(plain(stem));
}
