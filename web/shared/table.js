// table.js: the one table: columns as data, pages by key, empty state, «n of m».

import {h, fill} from "/assets/shared/dom.js";
import {t, formatNumber} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";

/** columns: [{title, value(row), number, header}]; `open(row)` makes rows selectable by a button in their first cell. */
export function dataTable(caption, columns, rows, {open, rowClass, empty = t("table.empty")} = {}) {
  if (rows.length === 0) return h("div", {class: "table-wrap"}, h("div", {class: "empty"}, h("p", {}, empty)));
  const cell = (column, row, i) => {
    const value = column.value(row);
    const content = open && i === 0 ? h("button", {type: "button", class: "quiet", onclick: (event) => select(event.currentTarget, row)}, value) : value;
    return i === 0 ? h("th", {scope: "row"}, content) : h("td", {class: column.number ? "number" : null}, content);
  };
  const select = (button, row) => {
    for (const line of body.children) line.setAttribute("aria-selected", "false");
    button.closest("tr").setAttribute("aria-selected", "true");
    open(row);
  };
  const body = h("tbody", {}, rows.map((row) => h("tr", {class: rowClass?.(row) ?? null}, columns.map((column, i) => cell(column, row, i)))));
  return h("div", {class: "table-wrap", tabindex: "0", role: "region", "aria-label": caption},
    h("table", {}, h("caption", {class: "visually-hidden"}, caption), h("thead", {}, h("tr", {}, columns.map((column) => h("th", {scope: "col", class: column.number ? "number" : null}, column.title)))), body));
}

/** A table over a list of the interface that is read page by page. `path()` gives the address without after and limit. */
export function pagedTable(caption, columns, path, options = {}) {
  const box = h("div", {});
  const pages = [""];
  const limit = options.limit ?? 50;

  async function load() {
    const address = path();
    const after = pages.at(-1);
    let answer;
    try {
      answer = await api("GET", `${address}${address.includes("?") ? "&" : "?"}limit=${limit}${after ? "&after=" + encodeURIComponent(after) : ""}`);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      return void fill(box, h("div", {class: "banner warn", role: "alert"}, t("problem.network")));
    }
    if (!answer.ok) return void fill(box, h("div", {class: "banner warn", role: "alert"}, problemText(answer)));
    const {items, next, total} = answer.data, first = (pages.length - 1) * limit;
    fill(box, dataTable(caption, columns, items, options), h("nav", {class: "pager", "aria-label": t("table.pages")},
      h("button", {type: "button", disabled: pages.length === 1, onclick: () => { pages.pop(); void load(); }}, "← " + t("table.previous")),
      h("span", {role: "status"}, items.length ? t("table.range", {from: formatNumber(first + 1), to: formatNumber(first + items.length), total: formatNumber(total)}) : ""),
      h("button", {type: "button", disabled: !next, onclick: () => { pages.push(next); void load(); }}, t("table.next") + " →")));
  }
  /** Starts again from the first page, after a filter has changed. */
  box.reload = () => {
    pages.length = 1;
    return load();
  };
  void load();
  return box;
}
