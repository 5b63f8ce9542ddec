// audit.js: the trail of every act, newest first; nobody can change or remove a line.

import {h, ask} from "/assets/shared/dom.js";
import {t, formatDateTime} from "/assets/shared/i18n.js";
import {field} from "/assets/shared/form.js";
import {pagedTable} from "/assets/shared/table.js";
import {page} from "/assets/staff/app.js";

export function auditView() {
  const subject = h("input", {type: "search", autocomplete: "off", spellcheck: "false", onchange: () => table.reload()});
  const pretty = (event) => (typeof event.payload === "string" ? event.payload : JSON.stringify(event.payload, null, 1));
  const table = pagedTable(t("audit.title"), [{title: t("audit.time"), value: (e) => formatDateTime(e.at ?? e.occurred_at)}, {title: t("audit.act"), value: (e) => e.act}, {title: t("audit.actor"), value: (e) => e.actor_name ?? e.actor}, {title: t("audit.subject"), value: (e) => e.subject}, {title: t("reason"), value: (e) => e.reason ?? ""}],
    () => "/audit-events" + (subject.value.trim() ? "?subject=" + encodeURIComponent(subject.value.trim()) : ""), {open: (event) => ask(event.act, h("div", {}, h("pre", {}, pretty(event)), h("p", {class: "muted"}, "SHA-256 " + (event.sha256 ?? ""))), [{value: "", text: t("close")}])});
  page(t("audit.title"), h("h1", {}, t("audit.title")), h("p", {}, t("audit.text")), h("div", {class: "filters"}, field("subject", t("audit.subject"), subject, t("audit.subject_hint"))), table);
}
