// acts.js: what an invigilator does: hold, evacuation, time, a seat with its check-in and second machine, incidents, who watches.

import {h, fill, ask} from "/assets/shared/dom.js";
import {t, formatTime, formatNumber} from "/assets/shared/i18n.js";
import {field, showErrors} from "/assets/shared/form.js";
import {problemText} from "/assets/shared/api.js";
import {act, may} from "/assets/staff/app.js";
import {api} from "/assets/shared/api.js";
import {formDialog, sendForm, words, missing, reasonField} from "/assets/staff/hall/dialog.js";

const CATEGORIES = ["machine", "network", "power", "illness", "identity", "conduct", "paper", "evacuation", "other"];

const minutesField = (value = "5") => field("hall-minutes", t("hall.minutes"), h("input", {type: "number", min: "1", max: "240", value}));

/** Moves the clock of the hall or of one seat; `seat` null: the hall. */
export async function adjust(view, seat, kind, {evacuation = false} = {}) {
  const timed = kind === "extra_time" || kind === "compensation", name = evacuation ? "evacuation" : kind;
  const whom = seat ? `${seat.seat} · ${seat.full_name}` : t("hall.whole", {room: view.room.room, count: formatNumber(view.seats.size)});
  const answer = await formDialog(t("hall.act." + name), [h("p", {}, t("hall.act_text." + name)), h("p", {}, h("strong", {}, whom)), timed ? minutesField() : null, reasonField()], t("hall.act." + name), (form) => {
    if (missing(form, "hall-reason", t("reason"))) return null;
    const scope = seat ? {scope: "sitting", sitting_id: seat.sitting_id} : {scope: "room", room: view.room.room};
    return sendForm(form, "POST", `/shifts/${view.room.shift_id}/adjustments`, {...scope, kind, reason: words(form, "hall-reason"), ...(timed ? {minutes: Number(words(form, "hall-minutes"))} : {}), ...(evacuation ? {evacuation} : {})}, {minutes: "hall-minutes", reason: "hall-reason"});
  }, evacuation || kind === "pause" ? "danger" : "primary");
  if (answer) await view.done(answer.state === "waiting" ? t("hall.waits") : t("hall.moved", {count: formatNumber(answer.sittings)}));
  return answer;
}

export function clockActs(view) {
  const button = (kind, options, look) => h("button", {type: "button", class: look, onclick: () => adjust(view, null, kind, options)}, t("hall.act." + (options?.evacuation ? "evacuation" : kind)));
  return [button("pause", {evacuation: true}, "danger"), button("pause"), button("resume"), button("compensation"), button("extra_time"),
    h("button", {type: "button", onclick: () => waitingDialog(view)}, t("hall.waiting"))];
}

/** What waits for a second person. */
async function waitingDialog(view) {
  const answer = await act("GET", `/shifts/${view.room.shift_id}/adjustments?limit=200`);
  if (!answer) return;
  const list = answer.items.filter((entry) => entry.state === "waiting");
  const decide = async (entry, approve, line) => {
    const done = await act("POST", `/adjustments/${entry.id}/approve`, {approve});
    if (!done) return;
    line.remove();
    await view.done(t(approve ? "hall.approved" : "hall.refused"));
  };
  const lines = list.map((entry) => {
    const line = h("li", {}, h("p", {}, h("strong", {}, t("hall.act." + entry.kind)), ` · ${entry.roll_number ?? entry.room ?? t("hall.all_rooms")} · ${t("hall.minutes_n", {minutes: entry.seconds / 60})}`, h("br"), `${entry.reason} (${entry.requested_by}, ${formatTime(entry.requested_at)})`),
      h("div", {class: "row"}, h("button", {type: "button", class: "primary", onclick: () => decide(entry, true, line)}, t("hall.approve")), h("button", {type: "button", onclick: () => decide(entry, false, line)}, t("hall.refuse"))));
    return line;
  });
  const outages = answer.items.filter((entry) => entry.kind === "outage");
  await ask(t("hall.waiting"), [lines.length ? h("ul", {class: "stack"}, lines) : h("p", {}, t("hall.none_waits")),
    outages.length ? [h("h3", {}, t("hall.outages")), h("ul", {}, outages.map((entry) => h("li", {}, t("hall.outage", {seconds: entry.seconds, sittings: entry.sittings}), h("br"), entry.reason)))] : null], [{value: "", text: t("close")}]);
}

/** An incident at a seat, or of the whole hall; perhaps with minutes given back. */
export async function incidentDialog(view, seat) {
  const category = h("select", {}, CATEGORIES.map((name) => h("option", {value: name}, t("hall.category." + name))));
  const give = h("input", {type: "checkbox"}), minutes = h("input", {type: "number", min: "0", max: "600", value: "0"});
  const saved = await formDialog(seat ? t("hall.incident_at", {seat: seat.seat, name: seat.full_name}) : t("hall.incident"), [field("hall-category", t("hall.category"), category), field("hall-minutes", t("hall.minutes"), minutes),
    field("hall-words", t("hall.words"), h("textarea", {rows: "4", maxlength: "2000"}), t("hall.words_hint")), h("label", {class: "row"}, give, t(seat ? "hall.give_seat" : "hall.give_hall"))], t("hall.record"), async (form) => {
    if (missing(form, "hall-words", t("hall.words"))) return null;
    const body = {category: category.value, minutes: Number(minutes.value), words: words(form, "hall-words"), ...(seat ? {sitting_id: seat.sitting_id} : {})};
    if (give.checked && body.minutes > 0) {
      const scope = seat ? {scope: "sitting", sitting_id: seat.sitting_id} : {scope: "room", room: view.room.room};
      const given = await sendForm(form, "POST", `/shifts/${view.room.shift_id}/adjustments`, {...scope, kind: "compensation", minutes: body.minutes, reason: body.words}, {minutes: "hall-minutes", reason: "hall-words"});
      if (!given) return null;
      body.adjustment_id = given.id;
    }
    return sendForm(form, "POST", view.path + "/incidents", body, {minutes: "hall-minutes", words: "hall-words", category: "hall-category"});
  });
  if (saved) await view.done(t("hall.recorded"));
}

/** Everything about one seat. */
export async function seatDialog(view, seat) {
  const facts = h("dl", {class: "facts"}, [["hall.column.state", t("sitting.state." + seat.state)], ["hall.column.connection", seat.connection === "offline" ? t("hall.offline_since", {time: formatTime(seat.seen_at)}) : t("hall.connection." + seat.connection)],
    ["hall.column.answered", `${seat.answered} / ${view.room.item_count}`], ["hall.column.saved", seat.last_saved_at ? formatTime(seat.last_saved_at) : "–"], ["hall.given", t("hall.minutes_n", {minutes: Math.round(seat.extra_s / 60)})],
    ["hall.check_in", seat.check_in ? t("hall.check_in." + seat.check_in) : "–"]].map(([key, value]) => [h("dt", {}, t(key)), h("dd", {}, value)]));
  const browser = seat.seb === "none" ? null : h("dl", {class: "facts hash"}, h("dt", {}, t("hall.browser")), h("dd", {}, t("hall.seb." + seat.seb)), seat.seb === "match" ? null : [h("dt", {}, t("hall.seb_expected")), h("dd", {}, seat.seb_expected ?? "–"), h("dt", {}, t("hall.seb_received")), h("dd", {}, seat.seb_received ?? "–")]);
  const working = ["assigned", "open"].includes(seat.state);
  const buttons = [];
  const add = (name, run, look) => buttons.push(h("button", {type: "button", class: look, onclick: () => { dialog.close(); void run(); }}, t("hall.act." + name)));
  if (working && view.room.yours) add("check_in", () => checkInDialog(view, seat), seat.check_in ? null : "primary");
  if (working) add(seat.holds & 1 ? "resume" : "pause", () => adjust(view, seat, seat.holds & 1 ? "resume" : "pause"));
  if (working) add("extra_time", () => adjust(view, seat, "extra_time"));
  if (working) add("compensation", () => adjust(view, seat, "compensation"));
  if (view.room.yours) add("incident", () => incidentDialog(view, seat));
  if (seat.second_machine) add("second_machine", () => machineDialog(view, seat), "danger");
  const dialog = h("dialog", {"aria-labelledby": "seat-title", class: "hall-dialog"}, h("h2", {id: "seat-title"}, `${t("live.seat")} ${seat.seat} · ${seat.full_name} · ${seat.roll_number}`), facts, browser, h("div", {class: "row seat-acts"}, buttons),
    h("div", {class: "row end"}, h("button", {type: "button", onclick: () => dialog.close()}, t("close"))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

async function machineDialog(view, seat) {
  const keep = h("select", {}, ["new", "first"].map((name) => h("option", {value: name}, t("hall.keep." + name))));
  const answer = await formDialog(t("hall.act.second_machine"), [h("p", {}, t("hall.machine_text")), field("hall-keep", t("hall.keep"), keep), reasonField()], t("confirm"), (form) =>
    (missing(form, "hall-reason", t("reason")) ? null : sendForm(form, "POST", `/sittings/${seat.sitting_id}/device-decision`, {keep: keep.value, reason: words(form, "hall-reason")}, {keep: "hall-keep", reason: "hall-reason"})));
  if (answer) await view.done(t("hall.recorded"));
}

/** Photo beside the number that is typed; what is not plain is asked for a reason by the server's word. */
async function checkInDialog(view, seat) {
  const photo = h("select", {}, ["alike", "unlike", "not_seen"].map((name) => h("option", {value: name}, t("hall.photo." + name))));
  const number = h("input", {type: "text", autocomplete: "off", spellcheck: "false", maxlength: "60"});
  const verdict = h("select", {}, ["present", "refused"].map((name) => h("option", {value: name}, t("hall.verdict." + name))));
  const found = h("div", {role: "alert"});
  const picture = seat.photo ? h("img", {class: "check-photo", src: `/api/v1/sittings/${seat.sitting_id}/photo`, alt: t("hall.photo_of", {name: seat.full_name})}) : h("p", {class: "muted"}, t("hall.no_photo"));
  const answer = await formDialog(t("hall.check_in_of", {name: seat.full_name, roll: seat.roll_number}), [h("div", {class: "check-in"}, picture, h("div", {}, field("hall-photo", t("hall.photo"), photo), field("hall-number", t("hall.document"), number, t("hall.document_hint")),
    field("hall-verdict", t("hall.verdict"), verdict))), found, field("hall-reason", t("hall.reason_if"), h("textarea", {rows: "2", maxlength: "2000"}))], t("hall.record"), async (form) => {
    const body = {verdict: verdict.value, photo: photo.value, ...(number.value.trim() ? {document_number: number.value.trim()} : {}), ...(words(form, "hall-reason") ? {reason: words(form, "hall-reason")} : {})};
    const answered = await api("POST", `/sittings/${seat.sitting_id}/check-in`, body).catch(() => ({ok: false, problem: {code: "network"}}));
    if (answered.ok) return answered.data;
    const problem = answered.problem;
    if (problem.code === "reason-wanted") fill(found, h("div", {class: "banner warn"}, t("hall.not_plain", {document: t("hall.found." + problem.document), photo: t("hall.photo." + problem.photo)})));
    else if (problem.code === "invalid") showErrors(form, {"hall-number": t("hall.document_wrong")});
    else fill(found, h("div", {class: "banner stop"}, problemText(answered)));
    return null;
  });
  if (answer) await view.done(t("hall.checked." + answer.verdict, {name: seat.full_name}));
}

/** Who watches the hall: HR says so. */
export async function staffDialog(view) {
  const name = h("input", {type: "text", autocomplete: "off", maxlength: "40"});
  const list = view.room.staff.map((person) => h("li", {class: "row between"}, `${person.full_name} (${person.login_name})`, h("button", {type: "button", class: "quiet", onclick: async (event) => {
    if (await act("PUT", view.path + "/staff", {login_name: person.login_name, assigned: false}) !== null) { event.target.closest("li").remove(); await view.poll(); }
  }}, t("hall.take_away"))));
  const answer = await formDialog(t("hall.staff"), [list.length ? h("ul", {class: "stack"}, list) : h("p", {}, t("hall.nobody")), field("hall-login", t("hall.login"), name, t("hall.login_hint"))], t("hall.assign"), (form) =>
    (missing(form, "hall-login", t("hall.login")) ? null : sendForm(form, "PUT", view.path + "/staff", {login_name: words(form, "hall-login"), assigned: true}, {login_name: "hall-login"})));
  if (answer) await view.again();
}
