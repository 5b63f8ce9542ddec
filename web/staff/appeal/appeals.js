// appeals.js: appeals of a cycle: who appeals what until when, the way of each, the decision after a look at its effect.

import {h, toast} from "/assets/shared/dom.js";
import {t, has, currentLanguage, formatDate, formatDateTime, formatMark, formatNumber, lawText} from "/assets/shared/i18n.js";
import {field, showErrors} from "/assets/shared/form.js";
import {api, problemText} from "/assets/shared/api.js";
import {dataTable} from "/assets/shared/table.js";
import {movesView} from "/assets/shared/moves.js";
import {page, read, may, waitForJob} from "/assets/staff/app.js";
import {actDialog} from "/assets/staff/release/dialog.js";
import {scriptCard, wordsView} from "/assets/staff/appeal/words.js";

const STATES = ["lodged", "marking", "words", "settled", "proposed", "decided", "refused", "withdrawn"];
const LOOK = {lodged: "warn", marking: "plain", words: "warn", settled: "warn", proposed: "warn", decided: "ok", refused: "stop", withdrawn: "plain"};
const titled = (thing) => (currentLanguage() === "vi" ? thing.title_vi : thing.title_en) ?? thing.component;
const tag = (appeal) => h("span", {class: "tag " + (appeal.overdue ? "stop" : LOOK[appeal.state])}, t("appeals.state." + appeal.state));
/** An act with a reason of its own, in a dialog that stays open until it is done. */
const reasoned = (key, path, body = {}) => actDialog({title: t("appeals." + key), text: t(`appeals.${key}_text`), path, body, button: t("appeals." + key), reasonHint: t("appeals.reason_hint")});

function paperForm(code, parts, again) {
  const roll = h("input", {type: "text", class: "code", autocomplete: "off"}), reason = h("textarea", {rows: "3", maxlength: "4000"});
  const part = h("select", {}, parts.map((p) => h("option", {value: p.component}, titled(p))));
  const form = h("form", {class: "stack", novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    const errors = {};
    if (!roll.value.trim()) errors.roll = t("rule.required", {field: t("column.roll_number")});
    if (reason.value.trim().length < 10) errors.words = t("rule.length", {field: t("appeals.words"), min: 10, max: formatNumber(4000)});
    showErrors(form, errors);
    if (Object.keys(errors).length) return;
    const answer = await api("POST", `/cycles/${code}/appeals`, {roll_number: roll.value.trim().toUpperCase(), component: part.value, reason: reason.value.trim()}).catch(() => null);
    if (!answer) return showErrors(form, {words: t("problem.network")});
    if (!answer.ok) return showErrors(form, {[answer.status === 404 ? "roll" : "part"]: refusalText(answer)});
    await again();
    toast(t("appeals.receipt", {number: answer.data.number, at: formatDateTime(answer.data.lodged_at)}));
  }}, h("p", {class: "muted"}, t("appeals.paper_text")), field("roll", t("column.roll_number"), roll), field("part", t("appeals.part"), part), field("words", t("appeals.words"), reason), h("div", {}, h("button", {type: "submit", class: "primary"}, t("appeals.lodge"))));
  return h("details", {class: "card"}, h("summary", {}, t("appeals.paper")), form);
}

/** A refusal with the document and the last day by which it is one. */
const said = (answer) => (answer.problem?.basis && has("appeal.refusal." + answer.problem.code) ? t("appeal.refusal." + answer.problem.code) : problemText(answer));
const refusalText = ({problem, ...answer}) => (problem?.basis ? t("appeals.refused", {text: said({problem, ...answer}), article: lawText(problem), day: problem.last_day ? formatDate(problem.last_day) : "–"}) : answer.status === 404 ? t("appeals.no_roll") : problemText({problem, ...answer}));

const extend = (code) => {
  const days = h("input", {type: "number", min: "1", max: "15", value: "5"});
  return actDialog({title: t("appeals.extend"), text: t("appeals.extend_text"), path: `/cycles/${code}/appeal-extensions`, button: t("appeals.extend"), reasonHint: t("appeals.reason_hint"),
    fields: [{name: "days", label: t("appeals.days"), control: days, value: () => Number(days.value), required: true}]});
};

export async function appealsView(code, state = "all") {
  const data = await read(`/cycles/${code}/appeals?state=${state}`);
  if (!data) return;
  const again = () => appealsView(code, state);
  const filter = h("select", {onchange: () => appealsView(code, filter.value)}, ["all", ...STATES].map((s) => h("option", {value: s, selected: s === state}, s === "all" ? t("appeals.all") : `${t("appeals.state." + s)} (${formatNumber(data.counts[s] ?? 0)})`)));
  page(t("appeals.title"), may("cycle-read") ? h("p", {}, h("a", {href: "#/cycles/" + code}, "← " + code)) : null, h("h1", {}, `${t("appeals.title")} · ${code}`), h("p", {class: "lead"}, t("appeals.lead")),
    data.released_at ? [h("dl", {class: "facts"}, h("dt", {}, t("appeals.released")), h("dd", {}, formatDateTime(data.released_at)), h("dt", {}, t("appeals.last_day")), h("dd", {}, formatDate(data.last_day)),
      h("dt", {}, t("appeals.decide_by")), h("dd", {}, formatDate(data.decide_by) + (data.extended ? " " + t("appeals.extended", {days: formatNumber(data.extended)}) : "")), h("dt", {}, t("appeals.basis")), h("dd", {}, lawText(data)),
      h("dt", {}, t("appeals.parts")), h("dd", {}, data.parts.map((p) => `${titled(p)}: ${t(p.remark ? "yes" : "no")}`).join("; "))),
    h("div", {class: "row"}, field("state", t("appeals.filter"), filter), may("chair") ? h("button", {type: "button", onclick: async () => { if (await extend(code)) await again(); }}, t("appeals.extend")) : null),
    dataTable(t("appeals.title"), [{title: t("appeals.number"), value: (a) => h("a", {href: `#/appeals/${a.id}`}, a.number)}, {title: t("column.roll_number"), value: (a) => a.roll_number}, {title: t("appeals.name"), value: (a) => a.full_name},
      {title: t("appeals.part"), value: titled}, {title: t("appeals.lodged_at"), value: (a) => formatDateTime(a.lodged_at)}, {title: t("appeals.decide_by"), value: (a) => formatDate(a.decide_by)}, {title: t("appeals.state"), value: tag},
      {title: t("appeals.change"), number: true, value: (a) => (a.before ? `${formatMark(a.before)} → ${formatMark(a.after)}` : "–")}], data.items, {empty: t("appeals.none")}),
    may("result-run") ? paperForm(code, data.parts, again) : null] : h("div", {class: "card empty"}, h("p", {}, t("appeals.not_released"))));
}

async function propose(appeal, again) {
  const accepted = await reasoned("propose", `/appeals/${appeal.id}/proposal`);
  if (accepted && await waitForJob(accepted.job_id)) await again();
}

/** What can be done now, with whoever may do it. */
function buttons(appeal, again) {
  const word = (key, path, verdict, primary = true) => h("button", {type: "button", class: primary ? "primary" : null, onclick: async () => { if (await reasoned(key, `/appeals/${appeal.id}/${path}`, {verdict})) await again(); }}, t("appeals." + key));
  const parts = [
    appeal.state === "lodged" && may("result-run") ? [word("accept", "verdict", "accepted"), word("refuse", "verdict", "refused", false)] : null,
    appeal.state === "settled" && may("result-run") ? h("button", {type: "button", class: "primary", onclick: () => propose(appeal, again)}, t("appeals.propose")) : null,
    appeal.state === "proposed" && may("chair") ? [word("approve", "decision", "approved"), word("return", "decision", "returned", false)] : null,
    ["decided", "refused"].includes(appeal.state) ? h("a", {class: "button", href: `/api/v1/appeals/${appeal.id}/letter.pdf`, download: `${appeal.number}.pdf`}, t("appeals.letter")) : null];
  return parts.some(Boolean) ? h("div", {class: "row"}, parts) : null;
}

export async function appealView(id) {
  const appeal = await read("/appeals/" + id), again = () => appealView(id);
  if (!appeal) return;
  const proposal = appeal.proposal, effect = proposal?.previewed && appeal.state === "proposed" ? await read(`/appeals/${id}/preview`) : null;
  page(appeal.number, h("p", {}, h("a", {href: `#/cycles/${appeal.cycle}/appeals`}, "← " + t("appeals.title"))), h("h1", {}, `${appeal.number} · ${appeal.roll_number} ${appeal.full_name}`), h("p", {}, tag(appeal)),
    h("dl", {class: "facts"}, h("dt", {}, t("appeals.part")), h("dd", {}, titled(appeal)), h("dt", {}, t("appeals.words")), h("dd", {}, appeal.reason), h("dt", {}, t("appeals.lodged_at")), h("dd", {}, formatDateTime(appeal.lodged_at) + (appeal.lodged_by ? ` · ${t("appeals.on_paper", {by: appeal.lodged_by})}` : "")),
      h("dt", {}, t("appeals.decide_by")), h("dd", {}, formatDate(appeal.decide_by)), h("dt", {}, t("appeals.basis")), h("dd", {}, lawText(appeal))),
    buttons(appeal, again),
    proposal ? h("section", {class: "card stack"}, h("h2", {}, t("appeals.proposal")), h("p", {class: "lead"}, t("appeals.proposal." + proposal.verdict, {before: formatMark(proposal.before), after: formatMark(proposal.after)})),
      h("ul", {}, proposal.derivations.map((d) => h("li", {}, currentLanguage() === "vi" ? d.vi : d.en))), h("p", {}, proposal.reason), h("p", {class: "muted"}, `${proposal.by} · ${formatDateTime(proposal.at)}`),
      appeal.decision ? h("p", {}, t("appeals.decided_by", {by: appeal.decision.by, at: formatDateTime(appeal.decision.at)}), " ", appeal.decision.reason) : null) : null,
    effect ? h("section", {}, h("h2", {}, t("appeals.effect")), movesView(effect)) : null,
    ["marking", "words", "settled", "proposed", "decided"].includes(appeal.state) ? [h("h2", {}, t("appeals.remarking")), appeal.scripts.map(scriptCard)] : null,
    appeal.acts.length ? [h("h2", {}, t("appeals.acts")), dataTable(t("appeals.acts"), [{title: t("appeals.act"), value: (a) => t("appeals.act." + a.act)}, {title: t("appeals.by"), value: (a) => a.by ?? appeal.full_name}, {title: t("reason"), value: (a) => a.reason ?? ""}, {title: t("appeals.at"), value: (a) => formatDateTime(a.at)}], appeal.acts)] : null);
}

/** The examinations, for whoever comes without a cycle at hand. */
export async function appealCyclesView() {
  const data = await read("/marking-cycles");
  if (!data) return;
  page(t("appeals.title"), h("h1", {}, t("appeals.title")), h("p", {class: "lead"}, t("appeals.lead")),
    dataTable(t("appeals.title"), [{title: t("appeals.cycle"), value: (c) => h("a", {href: `#/cycles/${c.code}/appeals`}, c.code)}, {title: t("appeals.cycle_title"), value: titled}], data.items, {empty: t("appeals.no_cycles")}));
}

export const APPEAL_PAGES = [
  [/^#\/appeals$/, "appeal-read", appealCyclesView],
  [/^#\/cycles\/([A-Z0-9-]+)\/appeals$/, "appeal-read", (code) => appealsView(code)],
  [/^#\/appeals\/([0-9a-f]{16})$/, "appeal-read", appealView],
  [/^#\/appeal-words$/, "appeal-word", wordsView],
];
