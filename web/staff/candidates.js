// candidates.js: who applied in a cycle, found with or without diacritics.

import {h} from "/assets/shared/dom.js";
import {t, formatDate} from "/assets/shared/i18n.js";
import {field} from "/assets/shared/form.js";
import {pagedTable} from "/assets/shared/table.js";
import {page, may} from "/assets/staff/app.js";
import {subNav} from "/assets/staff/cycles.js";

/** A search box that waits for a pause in typing; never while an input method composes. */
export function searchField(id, label, hint, changed) {
  const input = h("input", {type: "search", autocomplete: "off", spellcheck: "false"});
  let timer = 0;
  input.addEventListener("input", (event) => {
    if (event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(changed, 250);
  });
  input.addEventListener("compositionend", changed);
  return {input, box: field(id, label, input, hint)};
}

export function candidatesView(code) {
  const search = searchField("q", t("candidates.search"), t("candidates.search_hint"), () => table.reload());
  const table = pagedTable(t("cycle.nav.candidates"), [
    {title: t("column.roll_number"), value: (c) => c.roll_number}, {title: t("column.name"), value: (c) => c.full_name}, {title: t("candidates.birth"), value: (c) => formatDate(c.birth_date)},
    {title: t("column.post"), value: (c) => c.post_code ?? c.post}, {title: t("candidates.classes"), value: (c) => (c.priority_classes ?? []).join(", ")},
    {title: t("candidates.preferences"), value: (c) => (c.agencies ?? c.agency_preferences ?? []).join(" > ")}], () => `/cycles/${code}/candidates?q=${encodeURIComponent(search.input.value.trim())}`, {empty: t("candidates.empty")});
  page(t("cycle.nav.candidates"), h("h1", {}, `${code} · ${t("cycle.nav.candidates")}`), subNav(code, "candidates"),
    h("div", {class: "filters"}, search.box, may("cycle-write") ? h("a", {class: "button", href: `#/import/candidates/${code}`}, t("cycle.act.candidates")) : null), table);
}
