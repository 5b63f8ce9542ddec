// table.js: the one table: columns as data, order by their heads, pages by key, empty state, «n of m». On a narrow window a row stands as
// a block, each value under the title of its column (base.css); the roles say that it is a table still.

import {h, fill} from "/assets/shared/dom.js";
import {t, formatNumber} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";

/**
 * columns: [{title, value(row), number, sort, falls}] (falls: ordered by it the highest stands first); `open(row)` makes rows selectable by a button in their first cell, from row to row by
 * the arrow keys. `order` ({key, down, choose(key)}) makes the heads of columns with a `sort` key buttons that order the list.
 */
export function dataTable(caption, columns, rows, {open, rowClass, order, empty = t("table.empty")} = {}) {
  if (rows.length === 0) return h("div", {class: "table-wrap"}, h("div", {class: "empty"}, h("p", {}, empty)));
  const cell = (column, row, i) => {
    const value = column.value(row);
    const content = open && i === 0 ? h("button", {type: "button", class: "quiet", onclick: (event) => select(event.currentTarget, row)}, value) : value;
    return i === 0 ? h("th", {scope: "row"}, content) : h("td", {role: "cell", class: column.number ? "number" : null, "data-title": column.title || null}, content);
  };
  const select = (button, row) => {
    for (const line of body.children) line.setAttribute("aria-selected", "false");
    button.closest("tr").setAttribute("aria-selected", "true");
    open(row);
  };
  const step = (event) => {
    const line = {ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling"}[event.key];
    const button = line && event.target.closest("tr")?.[line]?.querySelector("th button");
    if (!button) return;
    event.preventDefault();
    button.focus();
    button.click();
  };
  const head = (column) => {
    const mine = order && column.sort && order.key === column.sort, down = mine && order.down !== Boolean(column.falls);
    return h("th", {scope: "col", role: "columnheader", class: column.number ? "number" : null, "aria-sort": mine ? (down ? "descending" : "ascending") : null}, order && column.sort
      ? h("button", {type: "button", class: "sort", "data-sort": column.sort, onclick: () => order.choose(column.sort)}, column.title, h("span", {"aria-hidden": "true"}, mine ? (down ? " ↓" : " ↑") : "")) : column.title);
  };
  const body = h("tbody", {role: "rowgroup", onkeydown: open ? step : null}, rows.map((row) => h("tr", {role: "row", class: rowClass?.(row) ?? null}, columns.map((column, i) => cell(column, row, i)))));
  return h("div", {class: "table-wrap", tabindex: "0", role: "region", "aria-label": caption},
    h("table", {class: "data", role: "table"}, h("caption", {class: "visually-hidden"}, caption), h("thead", {role: "rowgroup"}, h("tr", {role: "row"}, columns.map(head))), body));
}

/**
 * A table over a list of the interface that is read page by page. `path(sort)` gives the address without after and limit; `sort` is the
 * key of a head that was chosen, with "-" before it for the other way round, or options.sort at first.
 */
export function pagedTable(caption, columns, path, options = {}) {
  const box = h("div", {});
  const pages = [""];
  const limit = options.limit ?? 50;
  let turn = 0;
  let sort = options.sort ?? null;
  const order = sort === null ? null : {
    get key() { return sort.replace("-", ""); },
    get down() { return sort.startsWith("-"); },
    async choose(key) {
      sort = sort === key ? "-" + key : key;
      await box.reload();
      box.querySelector(`button.sort[data-sort="${key}"]`)?.focus();
    },
  };

  async function load() {
    const address = path(sort), after = pages.at(-1), mine = ++turn;
    let answer;
    try {
      answer = await api("GET", `${address}${address.includes("?") ? "&" : "?"}limit=${limit}${after ? "&after=" + encodeURIComponent(after) : ""}`);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      return void fill(box, h("div", {class: "banner warn", role: "alert"}, t("problem.network")));
    }
    if (mine !== turn) return; // the filter has changed meanwhile, and the answer to that may have come first
    if (!answer.ok) return void fill(box, h("div", {class: "banner warn", role: "alert"}, problemText(answer)));
    const {items, next, total} = answer.data, first = (pages.length - 1) * limit;
    fill(box, dataTable(caption, columns, items, {...options, order}), h("nav", {class: "pager", "aria-label": t("table.pages")},
      h("button", {type: "button", disabled: pages.length === 1, onclick: () => { pages.pop(); void load(); }}, "← " + t("table.previous")),
      h("span", {role: "status"}, items.length ? t("table.range", {from: formatNumber(first + 1), to: formatNumber(first + items.length), total: formatNumber(total)}) : ""),
      h("button", {type: "button", disabled: !next, onclick: () => { pages.push(next); void load(); }}, t("table.next") + " →")));
  }
  /** Starts again from the first page, after a filter has changed. */
  box.reload = () => {
    pages.length = 1;
    return load();
  };
  /** Until the first page is there: who waits for it shows nothing that moves when it comes. */
  box.ready = load();
  return box;
}
