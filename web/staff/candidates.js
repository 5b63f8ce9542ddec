// candidates.js: who applied in a cycle, found with or without diacritics.

import {h} from "/assets/shared/dom.js";
import {t, currentLanguage, formatDate, formatMark} from "/assets/shared/i18n.js";
import {field} from "/assets/shared/form.js";
import {dataTable, pagedTable} from "/assets/shared/table.js";
import {page, read, may} from "/assets/staff/app.js";
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

/** The priority classes of a cycle's rules, told in words: what each adds, and whom it is for. */
function classesOf(pack) {
  const classes = pack?.priority?.classes ?? [], whom = (one) => (currentLanguage() === "en" && one.title.en) || one.title.vi;
  const named = (code) => {
    const one = classes.find((c) => c.code === code);
    return one ? t("candidates.class", {points: formatMark(one.points), code}) : code;
  };
  const legend = classes.length === 0 ? null : h("details", {class: "card"}, h("summary", {}, t("candidates.classes_about")), dataTable(t("candidates.classes"), [
    {title: t("candidates.classes"), value: (c) => named(c.code)}, {title: t("candidates.classes_whom"), value: whom}], classes));
  return {named, legend};
}

export async function candidatesView(code) {
  const cycle = await read("/cycles/" + code);
  const pack = cycle && await read(`/packs/${cycle.pack_id}/${cycle.pack_version}`);
  if (!pack) return;
  const {named, legend} = classesOf(pack);
  const waives = cycle.progress.waives; // else nobody here has a certificate
  const search = searchField("q", t("candidates.search"), t("candidates.search_hint"), () => table.reload());
  const table = pagedTable(t("cycle.nav.candidates"), [
    {title: t("column.roll_number"), value: (c) => c.roll_number}, {title: t("column.name"), value: (c) => c.full_name}, {title: t("candidates.birth"), value: (c) => formatDate(c.birth_date)},
    {title: t("column.post"), value: (c) => c.post_code ?? c.post}, {title: t("candidates.classes"), value: (c) => (c.priority_classes ?? []).map(named).join("; ")},
    {title: t("candidates.preferences"), value: (c) => (c.agencies ?? c.agency_preferences ?? []).join(" > ")},
    ...(waives ? [{title: t("candidates.credential"), value: (c) => (c.credential ? t("candidates.credential_of", {kind: c.credential, on: formatDate(c.credential_on)}) : "")}] : [])], () => `/cycles/${code}/candidates?q=${encodeURIComponent(search.input.value.trim())}`, {empty: t("candidates.empty")});
  page(t("cycle.nav.candidates"), h("h1", {}, `${code} · ${t("cycle.nav.candidates")}`), subNav(code, "candidates"),
    h("div", {class: "filters"}, search.box, may("cycle-write") ? h("a", {class: "button", href: `#/import/candidates/${code}`}, t("cycle.act.candidates")) : null,
      may("cycle-write") && waives ? h("a", {class: "button", href: `#/import/credentials/${code}`}, t("cycle.act.credentials")) : null,
      waives ? h("a", {class: "button", href: `#/cycles/${code}/credentials`}, t("credential.title")) : null), table, legend);
}
