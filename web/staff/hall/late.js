// late.js: what arrived after the end, by network or as an emergency file: it is brought in here, one person proposes, another confirms.

import {h, fill, toast} from "/assets/shared/dom.js";
import {t, formatTime, formatDateTime, formatNumber} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {field, showErrors} from "/assets/shared/form.js";
import {dataTable} from "/assets/shared/table.js";
import {act, whoAmI} from "/assets/staff/app.js";
import {formDialog, sendForm, words, missing, reasonField} from "/assets/staff/hall/dialog.js";

const LOOK = {waiting: "warn", proposed: "warn", counted: "ok", left: "plain"};

async function propose(entry, done) {
  const decision = h("select", {}, ["count", "leave"].map((name) => h("option", {value: name}, t("late.decide." + name))));
  const answer = await formDialog(t("late.propose"), [h("p", {}, t("late.propose_text", {name: entry.full_name, roll: entry.roll_number, count: formatNumber(entry.answers)})), field("late-decision", t("late.decision"), decision), reasonField()], t("late.propose"), (form) =>
    (missing(form, "hall-reason", t("reason")) ? null : sendForm(form, "POST", `/late-answers/${entry.batch_id}/proposal`, {decision: decision.value, reason: words(form, "hall-reason")}, {decision: "late-decision", reason: "hall-reason"})));
  if (answer) await done(t("late.proposed"));
}

/** The file of a candidate's computer; what is wrong with it stands beside the field. */
function fileForm(shift_id, done) {
  const input = h("input", {type: "file", accept: ".khoacu"}), said = h("div", {role: "status"}), send = h("button", {type: "submit"}, t("late.file_send"));
  const form = h("form", {novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    fill(said);
    const file = input.files[0];
    showErrors(form, file ? {} : {"late-file": t("late.file_missing")});
    if (!file) return;
    send.disabled = true;
    try {
      const answer = await api("POST", `/shifts/${shift_id}/emergency-files`, file, {type: "application/octet-stream", timeout_ms: 120000});
      if (!answer.ok) return void showErrors(form, {"late-file": t("late.file_refused", {name: file.name, why: problemText(answer)})});
      input.value = "";
      input.dispatchEvent(new Event("change"));
      await done(null);
      fill(said, h("div", {class: "banner ok"}, t(answer.data.new > 0 ? "late.file_done" : "late.file_nothing", {name: file.name, events: formatNumber(answer.data.events), count: formatNumber(answer.data.new)})));
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      showErrors(form, {"late-file": t("problem.network")});
    } finally {
      send.disabled = false;
    }
  }}, field("late-file", t("late.file"), input, t("late.file_hint")), h("div", {}, send), said);
  return form;
}

/** The card of a shift; `room`: only what belongs to this hall. */
export function lateCard(shift_id, room = null) {
  const box = h("div", {}), me = whoAmI();
  const done = async (text) => { if (text) toast(text); await load(); };
  const confirm = async (entry) => {
    const answer = await act("POST", `/late-answers/${entry.batch_id}/confirmation`, {confirm: true});
    if (answer) await done(t("late.done." + answer.state, {count: formatNumber(answer.counted)}));
  };
  const acts = (entry) => [["waiting", "proposed"].includes(entry.state) ? h("button", {type: "button", onclick: () => propose(entry, done)}, t("late.propose")) : null,
    entry.state === "proposed" && entry.proposed_by !== me?.full_name ? h("button", {type: "button", class: "primary", onclick: () => confirm(entry)}, t("late.confirm." + entry.decision)) : null];
  async function load() {
    const items = [];
    for (let after = ""; after !== null;) {
      const answer = await act("GET", `/shifts/${shift_id}/late-answers?limit=200${after ? "&after=" + after : ""}`);
      if (!answer) return;
      items.push(...answer.items);
      after = answer.next;
    }
    fill(box, dataTable(t("late.title"), [
      {title: t("column.name"), value: (e) => [h("div", {}, e.full_name), h("div", {class: "muted"}, `${e.roll_number} · ${e.room} · ${t("late.source." + e.source)}`)]}, {title: t("late.answers"), number: true, value: (e) => formatNumber(e.answers)},
      {title: t("late.made"), value: (e) => [h("div", {}, `${formatTime(e.made_first_at)} – ${formatTime(e.made_last_at)}`), h("div", {class: "muted"}, t("late.closed", {at: formatTime(e.closed_at)}))]}, {title: t("late.received"), value: (e) => formatDateTime(e.received_at)},
      {title: t("live.state"), value: (e) => [h("span", {class: "tag " + LOOK[e.state]}, t("late.state." + e.state)), e.decision ? h("div", {class: "muted"}, `${t("late.decide." + e.decision)}: ${e.reason} (${[e.proposed_by, e.confirmed_by].filter(Boolean).join(", ")})`) : null]},
      {title: t("late.acts"), value: (e) => h("span", {class: "row"}, acts(e))}], items.filter((entry) => !room || entry.room === room), {empty: t("late.none")}));
  }
  void load();
  return h("section", {class: "card no-print", id: "late-card"}, h("h2", {}, t("late.title")), h("p", {}, t("late.text")), box, h("details", {}, h("summary", {}, t("late.file_title")), h("p", {}, t("late.file_text")), fileForm(shift_id, done)));
}
