// diff.js: two versions of an item: each difference in words, and both as candidates see them.

import {h} from "/assets/shared/dom.js";
import {t, has, formatDateTime} from "/assets/shared/i18n.js";
import {api} from "/assets/shared/api.js";
import {read} from "/assets/staff/app.js";
import {bankPage} from "/assets/staff/bank/frame.js";
import {plainText} from "/assets/staff/bank/markup.js";
import {previewBox} from "/assets/staff/bank/preview.js";

/** Words of two texts in one line: [kind, text] with kind "same", "gone" or "new" (longest common subsequence). */
export function wordDiff(before, after) {
  const a = before.match(/\s+|[^\s]+/g) ?? [], b = after.match(/\s+|[^\s]+/g) ?? [];
  if (a.length * b.length > 4e6) return [["gone", before], ["new", after]];
  const width = b.length + 1, length = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) for (let k = b.length - 1; k >= 0; k--) length[i * width + k] = a[i] === b[k] ? length[(i + 1) * width + k + 1] + 1 : Math.max(length[(i + 1) * width + k], length[i * width + k + 1]);
  const parts = [], put = (kind, text) => (parts.at(-1)?.[0] === kind ? (parts.at(-1)[1] += text) : parts.push([kind, text]));
  let i = 0, k = 0;
  while (i < a.length && k < b.length) {
    if (a[i] === b[k]) put("same", a[i++]), k++;
    else if (length[(i + 1) * width + k] >= length[i * width + k + 1]) put("gone", a[i++]);
    else put("new", b[k++]);
  }
  while (i < a.length) put("gone", a[i++]);
  while (k < b.length) put("new", b[k++]);
  return parts;
}

const TAGS = {same: "span", gone: "del", new: "ins"};
/** A difference for people: what went is struck and named, what came is underlined and named. */
export const diffNodes = (before, after) => wordDiff(before, after).map(([kind, text]) => h(TAGS[kind], {}, kind === "same" ? null : h("span", {class: "visually-hidden"}, t("diff." + kind) + " "), text, kind === "same" ? null : h("span", {class: "visually-hidden"}, t("diff.end") + " ")));

/** «options[2].text.vi» in words: «Options 3 · text · Vietnamese». */
export function pathName(path) {
  return path.replace(/^(content|key|meta)\./, "").split(".").map((part) => {
    const [, name, at] = /^(\w+)(?:\[(.+)\])?$/.exec(part) ?? [null, part];
    const words = has("diff.path." + name) ? t("diff.path." + name) : name;
    return at === undefined ? words : `${words} ${/^\d+$/.test(at) ? Number(at) + 1 : at}`;
  }).join(" · ");
}
const readable = (value) => {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return JSON.stringify(value);
  return /<\w/.test(value) ? plainText(value) || value : value;
};

/** Differences of two versions as {path, before, after}, member by member; rows with an id are matched by it. */
export function changesBetween(before, after, path = "") {
  if (JSON.stringify(before ?? null) === JSON.stringify(after ?? null)) return [];
  const part = (value) => value !== null && typeof value === "object";
  if (!part(before ?? after) || (before !== undefined && after !== undefined && part(before) !== part(after))) return [{path, before: before ?? null, after: after ?? null}];
  if (Array.isArray(before ?? after)) {
    const rows = [before ?? [], after ?? []];
    if (rows.flat().some((row) => !part(row))) return [{path, before: rows[0].join(", "), after: rows[1].join(", ")}];
    const name = (row, i) => row.id ?? i;
    const ids = [...new Set(rows.flatMap((list) => list.map(name)))];
    return ids.flatMap((id) => changesBetween(...rows.map((list) => list.find((row, i) => name(row, i) === id)), `${path}[${id}]`));
  }
  return [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].flatMap((name) => changesBetween(before?.[name], after?.[name], path ? `${path}.${name}` : name));
}
const wholeOf = ({content, key, meta}) => ({content, key, meta});

export async function diffView(id, from, to) {
  const [told, before, after] = await Promise.all([api("GET", `/items/${id}/diff?from=${from}&to=${to}`).catch(() => null), read(`/items/${id}?version=${from}`), read(`/items/${id}?version=${to}`)]);
  if (!before || !after) return;
  const changes = told?.ok ? told.data.changes : changesBetween(wholeOf(before), wholeOf(after));
  const side = (item, version) => {
    const box = previewBox(t("list.version", {version})), row = (after.versions ?? []).find((v) => String(v.version) === String(version));
    box.draw(item.content, item.key);
    box.append(h("p", {class: "muted"}, row ? `${row.author} · ${formatDateTime(row.created_at)}` : ""));
    return box;
  };
  const title = t("diff.title", {code: after.code, from, to});
  bankPage("items", title, h("p", {class: "no-print"}, h("a", {href: "#/items/" + id}, "← " + after.code)), h("h1", {}, title),
    changes.length === 0 ? h("div", {class: "card empty"}, h("p", {}, t("diff.none"))) : h("div", {class: "table-wrap", tabindex: "0", role: "region", "aria-label": title}, h("table", {class: "diff"}, h("caption", {class: "visually-hidden"}, title), h("thead", {}, h("tr", {}, h("th", {scope: "col"}, t("diff.where")), h("th", {scope: "col"}, t("diff.what")))),
      h("tbody", {}, changes.map((c) => h("tr", {}, h("th", {scope: "row"}, pathName(c.path)), h("td", {}, diffNodes(readable(c.before), readable(c.after)), /<\w/.test(`${c.before}${c.after}`) && plainText(String(c.before ?? "")) === plainText(String(c.after ?? "")) ? h("p", {class: "muted"}, t("diff.markup_only")) : null)))))),
    h("div", {class: "pair"}, side(before, from), side(after, to)));
}
