// acts.js: what can be done on a panel's page: draw, phases, absences, conflicts, dialogue, decision, minutes, signatures.

import {h, ask, toast} from "/assets/shared/dom.js";
import {t, formatMark, formatNumber, formatDateTime, currentLanguage} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {field, showErrors} from "/assets/shared/form.js";
import {may, whoAmI} from "/assets/staff/app.js";
import {actDialog} from "/assets/staff/release/dialog.js";

/** Sends; on refusal says why. `true` when done, else the problem's code. */
export async function send(method, path, body, refresh, options) {
  try {
    const answer = await api(method, path, body, options);
    if (answer.ok) {
      await refresh();
      return true;
    }
    if (answer.problem?.code !== "panel-reason") toast(problemText(answer));
    return answer.problem?.code ?? "unknown";
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    toast(t("problem.network"));
    return "network";
  }
}

/** The office of a member, as it is named. */
export const officeName = (one) => t("panel.office." + (one.substitute ? "substitute" : one.office));

/** Words asked for in a dialog, or null; `extra` are further controls above them. */
async function askWords(title, label, extra = []) {
  const words = h("textarea", {rows: "4", maxlength: "2000"}), body = h("div", {class: "stack"}, extra, field("asked-words", label, words));
  const there = () => { showErrors(body, words.value.trim() ? {} : {"asked-words": t("reason.missing")}); return Boolean(words.value.trim()); };
  return (await ask(title, body, [{value: "", text: t("cancel")}, {value: "yes", text: t("confirm"), class: "primary", check: there}])) === "yes" ? words.value.trim() : null;
}

const ASKED = ["absent", "suspended", "waiting"]; // never without a reason

async function move(hearing, to, refresh) {
  const path = `/hearings/${hearing.hearing_id}/phase`;
  let done = ASKED.includes(to) ? "panel-reason" : await send("POST", path, {to}, refresh);
  if (done !== "panel-reason") return;
  const reason = await askWords(t("panel.to." + to), t("panel.reason." + (to === "called" ? "order" : ASKED.includes(to) ? to : "time")));
  if (reason) done = await send("POST", path, {to, reason}, refresh);
  if (done === "panel-reason") toast(t("reason.missing"));
}

/** The buttons by which the secretary moves a candidate on. */
export function phaseButtons(sheet, hearing, refresh) {
  const next = {waiting: "called", called: sheet.prepare_min > 0 ? "preparation" : "presentation", preparation: "presentation", presentation: "questions", questions: "marking"}[hearing.state];
  const again = hearing.lacks > 0 && !["waiting", "open", "settled"].includes(hearing.state) && !hearing.markers.some((one) => one.final_at);
  if (!next && !again) return null;
  const button = (to, kind) => h("button", {type: "button", class: kind, "data-to": to, onclick: () => move(hearing, to, refresh)}, t("panel.to." + to));
  return h("div", {class: "row"}, next ? button(next, "primary") : null, again ? button("waiting", null) : null, ["waiting", "called"].includes(hearing.state) ? button("absent", null) : null,
    next && hearing.state !== "waiting" ? button("suspended", "danger") : null);
}

/** Fields, one button: a small form that sends itself. */
function smallForm(id, label, hint, button, run) {
  const input = h("input", {type: "text", autocomplete: "off", maxlength: "300"});
  return h("form", {novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    if (!input.value.trim()) return showErrors(event.currentTarget, {[id]: t("rule.required", {field: label})});
    await run(input.value.trim());
  }}, field(id, label, input, hint), h("button", {class: "primary", type: "submit"}, button));
}

/** The draw: the plan first, the numbers later, by another person. */
export function drawCard(sheet, refresh) {
  const path = "/panels/" + sheet.panel_id, sits = ["chair", "secretary"].includes(sheet.office);
  if (sheet.state === "draft")
    return h("section", {class: "card next-step"}, h("h2", {}, t("panel.draw")), may("panel-make")
      ? smallForm("plan", t("panel.plan"), t("panel.plan.hint"), t("panel.commit"), (plan) => send("POST", path + "/draw-commitment", {plan}, refresh)) : h("p", {}, t("panel.draft.wait")));
  return h("section", {class: "card next-step"}, h("h2", {}, t("panel.draw")), h("p", {}, t("panel.plan.is", {plan: sheet.entropy_plan})), sits
    ? smallForm("entropy", t("panel.entropy"), t("panel.entropy.hint"), t("panel.draw.do"), (entropy) => send("POST", path + "/draw", {entropy}, refresh)) : h("p", {}, t("panel.committed.wait")));
}

/** Which candidates lack a member, and the substitute for them, by who may make panels and does not sit. */
export function lackCard(sheet, refresh) {
  const lacking = ["minuted", "closed"].includes(sheet.state) ? [] : sheet.hearings.filter((one) => one.lacks > 0), rolls = (list) => list.map((one) => one.roll_number).join(", ");
  const waiting = lacking.filter((one) => one.state === "waiting"), begun = lacking.filter((one) => one.state !== "waiting");
  if (lacking.length === 0) return null;
  const appoint = async () => {
    const who = h("input", {type: "text", autocomplete: "off", spellcheck: "false", maxlength: "40"});
    const done = await actDialog({title: t("panel.substitute"), text: t("panel.substitute.text"), path: `/panels/${sheet.panel_id}/substitutes`, button: t("panel.substitute"),
      fields: [{name: "login_name", label: t("panel.office.substitute"), control: who, hint: t("panel.substitute.hint"), required: true, value: () => who.value.trim()}]});
    if (!done) return;
    toast(done.detail === "repeated" ? t("panel.substitute.same") : t("panel.substitute.done", {count: done.detail}));
    await refresh();
  };
  return h("section", {class: "card next-step lacks"}, h("h2", {}, t("panel.lacks")), waiting.length ? h("p", {}, t("panel.lacks.text", {least: formatNumber(sheet.least), rolls: rolls(waiting)})) : null,
    begun.length ? h("p", {}, t("panel.lacks.begun", {rolls: rolls(begun)})) : null,
    may("panel-make") && !sheet.office ? (waiting.length ? h("button", {type: "button", class: "primary", onclick: appoint}, t("panel.substitute")) : null) : h("p", {}, t("panel.lacks.wait")));
}

/** Conflict and absence, for those who may. */
export function exceptionButtons(sheet, hearing, refresh) {
  const markers = hearing.markers.filter((one) => !one.final_at), me = whoAmI().login_name, open = ["open", "settled"].includes(hearing.state);
  const choose = (people) => h("select", {"aria-label": t("panel.member")}, people.map((one) => h("option", {value: one.login_name}, one.full_name)));
  const own = ["chair", "member"].includes(sheet.office) && markers.some((one) => one.login_name === me);
  const parts = [];
  if (!open && sheet.state !== "minuted" && sheet.state !== "closed" && (own || may("panel-make")))
    parts.push(h("button", {type: "button", onclick: async () => {
      const who = own ? null : choose(markers), reason = await askWords(t("panel.conflict"), t("panel.reason.conflict"), [h("p", {}, t("panel.conflict.text")), who]);
      if (reason) await send("POST", `/panels/${sheet.panel_id}/conflicts`, {hearing_id: hearing.hearing_id, reason, ...(who ? {login_name: who.value} : {})}, refresh);
    }}, t("panel.conflict")));
  if (!open && sheet.state === "drawn" && sheet.office === "secretary" && markers.length)
    parts.push(h("button", {type: "button", onclick: async () => {
      const who = choose(markers), reason = await askWords(t("panel.absence"), t("panel.reason.absence"), [h("p", {}, t("panel.absence.text")), who]);
      if (reason) await send("POST", `/hearings/${hearing.hearing_id}/absences`, {login_name: who.value, reason}, refresh);
    }}, t("panel.absence")));
  for (const one of hearing.absences.filter((absence) => !absence.confirmed_by && absence.login_name !== me))
    if (sheet.office === "chair" || may("mark-lead"))
      parts.push(h("button", {type: "button", onclick: () => send("POST", `/hearings/${hearing.hearing_id}/absence-confirmation`, {login_name: one.login_name}, refresh)}, t("panel.absence.confirm", {name: one.full_name})));
  return parts.length ? h("div", {class: "row"}, parts) : null;
}

async function askPassword(title, text) {
  const password = h("input", {type: "password", autocomplete: "current-password", "aria-label": t("sign_in.password")});
  const answer = await ask(title, h("div", {class: "stack"}, h("p", {}, text), h("label", {}, t("sign_in.password"), password)), [{value: "", text: t("cancel")}, {value: "yes", text: t("panel.sign"), class: "primary"}]);
  return answer === "yes" && password.value ? password.value : null;
}

async function sign(sheet, body, text, refresh) {
  const password = await askPassword(t("panel.sign"), text);
  if (password && (await send("POST", `/panels/${sheet.panel_id}/signatures`, {...body, password}, refresh, {timeout_ms: 60000})) === true) toast(t("panel.signed"));
}

const markInput = () => h("input", {type: "text", inputmode: "decimal", autocomplete: "off"});

/** What the scheme asks for: dialogue, its signatures, the word of the head or the chair of the council. */
export function decisionCard(sheet, hearing, refresh) {
  if (hearing.state !== "open") return null;
  const parts = [h("p", {}, hearing[currentLanguage() === "vi" ? "sentence_vi" : "sentence_en"])];
  const signed = hearing.dialogue?.signed ?? [], me = whoAmI().login_name;
  if (hearing.next === "dialogue" && sheet.office === "secretary")
    parts.push(h("button", {type: "button", class: "primary", onclick: async () => {
      const agreed = markInput(), minutes = h("textarea", {rows: "6", maxlength: "8000"});
      if (await actDialog({title: t("panel.dialogue"), path: `/hearings/${hearing.hearing_id}/dialogue`, button: t("confirm"), reason: false, fields: [
        {name: "agreed", label: t("panel.agreed"), control: agreed, value: () => agreed.value.trim() || undefined},
        {name: "minutes", label: t("panel.dialogue.minutes"), control: minutes, required: true, value: () => minutes.value.trim()}]})) await refresh();
    }}, t("panel.dialogue")));
  if (hearing.next === "minutes" && hearing.markers.some((one) => one.login_name === me) && !signed.includes(me))
    parts.push(h("button", {type: "button", class: "primary", onclick: () => sign(sheet, {hearing_id: hearing.hearing_id, sha256: hearing.dialogue.sha256}, hearing.dialogue.minutes, refresh)}, t("panel.dialogue.sign")));
  if ((hearing.next === "head" && may("mark-lead")) || (hearing.next === "chair" && may("chair")))
    parts.push(h("button", {type: "button", class: "primary", onclick: async () => {
      const value = markInput();
      if (await actDialog({title: t("panel.decide"), text: t(hearing.next === "head" ? "panel.decide.head" : "panel.decide.chair"), path: `/hearings/${hearing.hearing_id}/decision`, button: t("confirm"),
        fields: [{name: "value", label: t("panel.value"), control: value, required: hearing.next === "chair", value: () => value.value.trim() || undefined}]})) await refresh();
    }}, t("panel.decide")));
  return h("div", {class: "banner warn"}, h("strong", {}, t("panel.next." + hearing.next)), parts);
}

/** Minutes and signatures, once there is nothing left to hear. */
export function minutesCard(sheet, refresh) {
  const path = "/panels/" + sheet.panel_id, me = whoAmI().login_name, pdf = h("a", {class: "button", href: `/api/v1${path}/minutes.pdf?lang=${currentLanguage()}`, download: ""}, t("panel.pdf"));
  if (sheet.state === "drawn") {
    if (sheet.office !== "secretary" || sheet.hearings.some((one) => one.state !== "settled")) return null;
    return h("section", {class: "card next-step"}, h("h2", {}, t("panel.minutes")), h("p", {}, t("panel.minutes.text")), h("button", {type: "button", class: "primary", onclick: () => send("POST", path + "/minutes", {}, refresh)}, t("panel.minutes.fix")));
  }
  if (sheet.state !== "minuted" && sheet.state !== "closed") return null;
  const signature = (one) => sheet.signatures.find((s) => s.login_name === one.login_name);
  const line = (one) => h("li", {}, h("span", {}, `${one.full_name} · ${officeName(one)}`), h("span", {}, signature(one) ? [signature(one).excused_by ? t("panel.excused", {name: signature(one).excused_by, reason: signature(one).reason}) : "✓ " + formatDateTime(signature(one).signed_at)]
    : [t("panel.unsigned"), may("mark-lead") && sheet.state === "minuted" && one.login_name !== me ? h("button", {type: "button", class: "quiet", onclick: async () => {
      const reason = await askWords(t("panel.excuse"), t("reason"), [h("p", {}, t("panel.excuse.text", {name: one.full_name}))]);
      if (reason) await sign(sheet, {sha256: sheet.minutes_sha256, excused: one.login_name, reason}, t("panel.sign.text"), refresh);
    }}, t("panel.excuse")) : null]));
  const mine = sheet.members.some((one) => one.login_name === me && !signature(one));
  return h("section", {class: "card" + (sheet.state === "minuted" ? " next-step" : "")}, h("h2", {}, t(sheet.state === "closed" ? "panel.closed" : "panel.signatures")), sheet.state === "closed" ? h("div", {class: "banner ok"}, h("p", {}, t("panel.closed.text", {time: formatDateTime(sheet.closed_at)}))) : null,
    h("p", {class: "hash"}, t("panel.hash"), " ", h("code", {}, sheet.minutes_sha256)), h("ul", {class: "derivation"}, sheet.members.map(line)),
    h("div", {class: "row"}, mine && sheet.state === "minuted" ? h("button", {type: "button", class: "primary", onclick: () => sign(sheet, {sha256: sheet.minutes_sha256}, t("panel.sign.text"), refresh)}, t("panel.sign")) : null, pdf));
}

/** Each member's marks of a hearing whose marks are open. */
export function marksTable(sheet, hearing) {
  const rows = hearing.markers;
  if (!rows.some((one) => one.marks)) return null;
  return h("div", {class: "table-wrap", tabindex: "0", role: "region", "aria-label": t("panel.marks")}, h("table", {}, h("caption", {class: "visually-hidden"}, t("panel.marks")),
    h("thead", {}, h("tr", {}, h("th", {scope: "col"}, t("panel.member")), sheet.criteria.map((criterion, i) => h("th", {scope: "col", class: "number", title: criterion.title}, String(i + 1))), h("th", {scope: "col", class: "number"}, t("panel.total")))),
    h("tbody", {}, rows.map((one) => h("tr", {}, h("th", {scope: "row"}, one.full_name), one.marks.map((mark) => h("td", {class: "number"}, formatMark(mark))), h("td", {class: "number"}, h("strong", {}, formatMark(one.total))))))));
}
