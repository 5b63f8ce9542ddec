// after.js: what follows a published list: terms, who is struck off and why, the next-ranked in her stead, days off.

import {h} from "/assets/shared/dom.js";
import {t, formatDate, formatDateTime, formatNumber} from "/assets/shared/i18n.js";
import {dataTable, pagedTable} from "/assets/shared/table.js";
import {field} from "/assets/shared/form.js";
import {page, read, act, may, whoAmI, waitForJob} from "/assets/staff/app.js";
import {actDialog} from "/assets/staff/release/dialog.js";

const GROUNDS = ["no_file", "false_statement", "bad_diploma", "no_report", "gave_up"];
const TERMS = ["published", "appeal", "file", "decision", "report", "reserve"];

function termsCard(terms) {
  return h("section", {class: "card"}, h("h2", {}, t("after.terms")), h("dl", {class: "facts"}, TERMS.filter((name) => terms[name]).map((name) => [h("dt", {}, t("after.term." + name)), h("dd", {}, formatDate(terms[name]))]),
    terms.notice_days ? [h("dt", {}, t("after.term.notice")), h("dd", {}, t("after.working_days", {days: formatNumber(terms.notice_days)}))] : null), h("p", {class: "muted"}, terms.basis ?? ""));
}

function propose(code, roll, basis, done) {
  const ground = h("select", {}, GROUNDS.map((name) => h("option", {value: name}, t("after.ground." + name)))), article = h("input", {type: "text", maxlength: "300", value: basis ?? ""});
  return done(actDialog({title: t("after.propose_title", {roll}), text: t("after.propose_text"), path: `/cycles/${code}/strikes`, body: {roll_number: roll}, button: t("after.propose"), danger: true,
    fields: [{name: "ground", label: t("after.ground"), control: ground, value: () => ground.value}, {name: "article", label: t("after.article"), control: article, required: true, value: () => article.value.trim()}]}));
}

/** A proposal as an approval card: what, who asked, approve or refuse with a reason and the password. */
function strikeCard(strike, done) {
  const decide = (verdict) => done(actDialog({title: t("after.decide_title." + verdict, {roll: strike.roll_number}), text: t("after.decide_text." + verdict), path: `/strikes/${strike.id}/decision`, body: {verdict}, password: true, problems: "after.problem.", button: t("after.decide." + verdict), danger: verdict === "confirmed"}));
  const mine = strike.proposed_by.login_name === whoAmI().login_name, d = strike.decision;
  return h("section", {class: "card", "aria-labelledby": "strike-" + strike.id}, h("h3", {id: "strike-" + strike.id}, `${strike.roll_number} · ${strike.full_name}`),
    h("p", {}, h("span", {class: "tag " + (d ? (d.verdict === "confirmed" ? "stop" : "ok") : "warn")}, t("after.state." + (d?.verdict ?? "open")))),
    h("dl", {class: "facts"}, h("dt", {}, t("after.ground")), h("dd", {}, t("after.ground." + strike.ground)), h("dt", {}, t("after.article")), h("dd", {}, strike.article), h("dt", {}, t("reason")), h("dd", {}, strike.reason),
      h("dt", {}, t("after.asked_by")), h("dd", {}, `${strike.proposed_by.full_name} · ${formatDateTime(strike.proposed_at)}`),
      d ? [h("dt", {}, t("after.decided_by")), h("dd", {}, `${d.by.full_name} · ${formatDateTime(d.at)} · ${d.reason}`)] : null,
      strike.publish_until ? [h("dt", {}, t("after.publish_until")), h("dd", {}, strike.replaced_version ? t("after.replaced", {version: strike.replaced_version}) : formatDate(strike.publish_until))] : null),
    d ? null : mine ? h("p", {}, t("after.not_yours")) : may("result-approve") ? h("div", {class: "row"}, h("button", {type: "button", class: "danger", onclick: () => decide("confirmed")}, t("after.decide.confirmed")), h("button", {type: "button", onclick: () => decide("refused")}, t("after.decide.refused"))) : null);
}

function daysCard(days, year, done) {
  const day = h("input", {type: "date", value: `${year}-01-01`}), kind = h("select", {}, ["off", "work", "plain"].map((name) => h("option", {value: name}, t("after.day." + name)))), name = h("input", {type: "text", maxlength: "200"});
  const save = async (event) => {
    event.preventDefault();
    if (name.value.trim() && await act("PUT", "/calendar-days", {day: day.value, kind: kind.value, name: name.value.trim()})) await done(Promise.resolve(true));
  };
  return h("details", {class: "card"}, h("summary", {}, t("after.days", {year})), dataTable(t("after.days", {year}), [{title: t("after.day"), value: (d) => formatDate(d.day)}, {title: t("after.day.kind"), value: (d) => t("after.day." + d.kind)}, {title: t("after.day.name"), value: (d) => d.name}], days),
    may("result-run") ? h("form", {class: "filters", onsubmit: save}, field("day", t("after.day"), day), field("kind", t("after.day.kind"), kind), field("day-name", t("after.day.name"), name), h("button", {type: "submit"}, t("after.day.save"))) : null);
}

export async function afterView(code) {
  const state = await read(`/cycles/${code}/strikes`);
  if (!state) return;
  const title = t("after.title"), head = [h("p", {}, h("a", {href: "#/cycles/" + code}, "← " + code)), h("h1", {}, title)];
  if (!state.run_id) return void page(title, head, h("p", {}, t("after.not_published")));
  const year = new Date().getFullYear(), days = await read("/calendar-days?year=" + year);
  if (!days) return;
  const done = async (doing) => { if (await doing) await afterView(code); };
  const waiting = state.items.filter((s) => s.decision?.verdict === "confirmed" && !s.replaced_version);
  const substitute = async () => {
    const job = await actDialog({title: t("after.substitute_title"), text: t("after.substitute_text", {rolls: waiting.map((s) => s.roll_number).join(", ")}), path: `/cycles/${code}/runs`, body: {substitution: true}, reason: false, button: t("after.substitute"),
      fields: [{name: "cause", label: t("after.cause"), control: cause, required: true, value: () => cause.value.trim()}]});
    if (job && await waitForJob(job.job_id)) location.hash = "#/runs/" + job.run_id;
  };
  const cause = h("textarea", {rows: "3", maxlength: "2000"});
  page(title, head, termsCard(state.terms), waiting.length && may("result-run") ? h("section", {class: "card next-step"}, h("h2", {}, t("after.next")), h("p", {}, t("after.next_text", {count: formatNumber(waiting.length)})), h("button", {type: "button", class: "primary", onclick: substitute}, t("after.substitute"))) : null,
    state.items.length ? [h("h2", {}, t("after.strikes")), h("div", {class: "signatures"}, state.items.map((strike) => strikeCard(strike, done)))] : null,
    h("h2", {}, t("after.winners")), pagedTable(t("after.winners"), [{title: t("after.roll"), value: (r) => r.roll_number}, {title: t("after.name"), value: (r) => r.full_name}, {title: t("after.post"), value: (r) => r.post}, {title: t("after.agency"), value: (r) => r.agency ?? ""},
      {title: t("after.act"), value: (r) => (may("result-run") ? h("button", {type: "button", onclick: () => propose(code, r.roll_number, state.terms.basis, done)}, t("after.propose")) : "")}], () => `/runs/${state.run_id}/decisions?outcome=selected`),
    daysCard(days.items, year, done));
}
