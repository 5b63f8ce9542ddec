// audit.js: the trail of every act, newest first, by act, person, time and subject; nobody can change or remove a line.

import {h, ask} from "/assets/shared/dom.js";
import {t, has, keysOf, formatDateTime} from "/assets/shared/i18n.js";
import {field} from "/assets/shared/form.js";
import {pagedTable} from "/assets/shared/table.js";
import {page} from "/assets/staff/app.js";

const ACT = "audit.act.", MODULE = "audit.module.";
const word = (prefix, code) => (has(prefix + code) ? t(prefix + code) : code);
/** Words for whoever reads, the code beside them for whoever searches. */
const told = (words, code) => [h("div", {}, words), h("code", {class: "muted"}, code)];

function actor(event) {
  if (event.actor_name) return event.actor_name;
  const [kind] = event.actor.split(":");
  return kind === event.actor ? word("audit.actor.", kind) : told(word("audit.actor.", kind), event.actor);
}

/** Every act that has words, under the stage of a cycle to which it belongs; or all of a stage. */
function actField(reload) {
  const acts = keysOf(ACT).map((key) => key.slice(ACT.length));
  return h("select", {onchange: reload}, h("option", {value: ""}, t("audit.any_act")), keysOf(MODULE).map((key) => {
    const module = key.slice(MODULE.length), own = acts.filter((act) => act.startsWith(module + "."));
    return h("optgroup", {label: t(key)}, h("option", {value: module}, t("audit.all_of", {module: t(key)})), own.map((act) => h("option", {value: act}, t(ACT + act))));
  }));
}

/** The first moment of a day of the calendar in Viet Nam, or of the one after it. */
function midnight(day, later = 0) {
  return day ? new Date(Date.parse(day + "T00:00:00+07:00") + later * 86400000).toISOString() : "";
}

function showEvent(event) {
  const facts = [[t("audit.time"), formatDateTime(event.at)], [t("audit.actor"), actor(event)], [t("audit.subject"), told(word("audit.kind.", event.subject.split(":")[0]), event.subject)], [t("reason"), event.reason], ["SHA-256", h("span", {class: "hash"}, event.sha256)]];
  return ask(word(ACT, event.act), h("div", {class: "stack"}, h("p", {}, h("code", {}, event.act)), h("dl", {class: "facts"}, facts.filter(([, value]) => value).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
    h("details", {}, h("summary", {}, t("audit.payload")), h("pre", {}, event.payload))), [{value: "", text: t("close")}]);
}

export function auditView() {
  const reload = () => table.reload();
  const input = (type) => h("input", {type, autocomplete: "off", spellcheck: "false", onchange: reload});
  const act = actField(reload), who = input("search"), from = input("date"), until = input("date"), subject = input("search");
  const asked = () => ({act: act.value, actor: who.value.trim(), from: midnight(from.value), until: midnight(until.value, 1), subject: subject.value.trim()});
  const path = () => "/audit-events?" + new URLSearchParams(Object.entries(asked()).filter(([, value]) => value));
  const table = pagedTable(t("audit.title"), [{title: t("audit.time"), value: (e) => formatDateTime(e.at)}, {title: t("audit.act"), value: (e) => told(word(ACT, e.act), e.act)}, {title: t("audit.actor"), value: actor},
    {title: t("audit.subject"), value: (e) => told(word("audit.kind.", e.subject.split(":")[0]), e.subject)}, {title: t("reason"), value: (e) => e.reason ?? ""}], path, {open: showEvent, empty: t("audit.none")});
  const clear = h("button", {type: "button", onclick: () => { for (const one of [act, who, from, until, subject]) one.value = ""; reload(); }}, t("audit.clear"));
  page(t("audit.title"), h("h1", {}, t("audit.title")), h("p", {}, t("audit.text")), h("div", {class: "filters"}, field("act", t("audit.act"), act), field("actor", t("audit.actor"), who, t("audit.actor_hint")), field("from", t("audit.from"), from), field("until", t("audit.until"), until),
    field("subject", t("audit.subject"), subject, t("audit.subject_hint")), clear), table);
}
