// lead.js: the head of the marking board: the draw of markers, how far everybody is, the scripts whose marks stand apart, and what the
// freeze still waits for.

import {h, ask, toast} from "/assets/shared/dom.js";
import {t, currentLanguage, formatDateTime, formatNumber} from "/assets/shared/i18n.js";
import {dataTable} from "/assets/shared/table.js";
import {page, read, act, stay, waitForJob} from "/assets/staff/app.js";
import {caseList} from "/assets/staff/marking-lead/cases.js";

const STATES = ["open", "head", "marks", "dialogue", "minutes", "chair", "collective", "settled"];
const named = (p) => (p.question ? t("lead.question_of", {part: t("component." + p.component), question: p.question}) : t("component." + p.component));
const titleOf = (cycle) => (currentLanguage() === "vi" ? cycle.title_vi : cycle.title_en);

/** Seconds as what a person plans with. */
function left(seconds) {
  if (!seconds) return "–";
  if (seconds < 5400) return t("lead.minutes", {count: formatNumber(Math.ceil(seconds / 60))});
  return t("lead.hours", {count: formatNumber(Math.round(seconds / 360) / 10)});
}

export async function leadListView() {
  const answer = await read("/marking-cycles");
  if (!answer) return;
  page(t("lead.title"), h("h1", {}, t("lead.title")), h("p", {class: "muted"}, t("lead.list_text")),
    dataTable(t("lead.title"), [{title: t("lead.cycle"), value: (c) => h("a", {href: "#/marking-lead/" + c.code}, c.code)}, {title: t("lead.cycle_title"), value: titleOf},
      {title: t("lead.state"), value: (c) => t(c.frozen ? "lead.frozen" : c.opened ? "lead.opened" : "lead.not_opened")}], answer.items, {empty: t("lead.no_cycles")}));
}

/** One number by one person; the draw takes two at least. */
function numberRow(index) {
  const giver = h("input", {type: "text", maxlength: "60", "aria-label": t("lead.giver_of", {index})});
  const number = h("input", {type: "text", maxlength: "120", "aria-label": t("lead.number_of", {index})});
  return {giver, number, line: h("tr", {}, h("th", {scope: "row"}, String(index)), h("td", {}, giver), h("td", {}, number))};
}

async function holdDraw(code, draw, again) {
  const rows = [1, 2, 3, 4].map(numberRow);
  const body = h("div", {class: "stack"}, h("p", {}, t("lead.draw_text", {scripts: formatNumber(draw.scripts), markers: formatNumber(draw.markers), count: draw.per_script})),
    h("table", {}, h("caption", {class: "visually-hidden"}, t("lead.numbers")), h("thead", {}, h("tr", {}, h("th", {scope: "col"}, "#"), h("th", {scope: "col"}, t("lead.giver")), h("th", {scope: "col"}, t("lead.number")))), h("tbody", {}, rows.map((row) => row.line))), h("p", {class: "hint"}, t("lead.numbers_hint")));
  if ((await ask(t("lead.draw_title", {part: t("component." + draw.component)}), body, [{value: "", text: t("cancel")}, {value: "yes", text: t("lead.draw_do"), class: "primary"}])) !== "yes") return;
  const numbers = rows.map((row) => ({giver: row.giver.value.trim(), number: row.number.value.trim()})).filter((row) => row.giver || row.number);
  if (numbers.filter((row) => row.giver && row.number).length < 2) return toast(t("lead.numbers_few"));
  const here = stay(), job = await act("POST", `/cycles/${code}/draws`, {component: draw.component, numbers});
  if (job && (await waitForJob(job.job_id))) toast(t("lead.drawn"));
  if (here()) await again();
}

function draws(code, list, again) {
  if (list.length === 0) return h("p", {class: "muted"}, t("lead.no_draws"));
  return h("div", {class: "cards"}, list.map((draw) => h("section", {class: "card stack"}, h("h3", {}, t("component." + draw.component)),
    h("p", {}, t("lead.draw_facts", {scripts: formatNumber(draw.scripts), markers: formatNumber(draw.markers), count: draw.per_script})),
    draw.outcome ? h("dl", {class: "facts"}, h("dt", {}, t("lead.drawn_at")), h("dd", {}, `${formatDateTime(draw.drawn_at)} · ${draw.drawn_by}`), h("dt", {}, t("lead.each")), h("dd", {}, t("lead.least_most", {least: formatNumber(draw.least), most: formatNumber(draw.most)})), h("dt", {}, t("lead.entropy")), h("dd", {}, draw.entropy.split("/").filter(Boolean).map((given) => given.replace("=", ": ")).join("; "))) : [h("p", {class: "muted"}, t("lead.not_drawn")), h("div", {class: "row"}, h("button", {type: "button", class: "primary", onclick: () => holdDraw(code, draw, again)}, t("lead.draw_open")))],
    h("details", {}, h("summary", {}, t("lead.proof")), h("p", {class: "hint"}, t("lead.proof_text")), h("dl", {class: "facts"}, h("dt", {}, t("lead.commitment")), h("dd", {class: "hash"}, draw.commitment), draw.seed ? [h("dt", {}, t("lead.entropy")), h("dd", {class: "hash"}, draw.entropy), h("dt", {}, t("lead.seed")), h("dd", {class: "hash"}, draw.seed), h("dt", {}, t("lead.outcome")), h("dd", {class: "hash"}, draw.outcome)] : null)))));
}

function progress(answer) {
  const number = (title, key) => ({title: t(title), number: true, value: (row) => formatNumber(row[key])});
  return [h("h2", {}, t("lead.parts")), dataTable(t("lead.parts"), [{title: t("lead.part"), value: named}, number("lead.scripts", "scripts"), {title: t("lead.marks_final"), number: true, value: (p) => t("lead.of", {done: formatNumber(p.final), total: formatNumber(p.assigned)})}, number("lead.settled", "settled"), number("lead.waiting_marks", "waiting_marks"),
    number("lead.dialogues", "dialogues"), number("lead.heads", "heads"), number("lead.chairs", "chairs"), {title: t("lead.forecast"), number: true, value: (p) => left(p.seconds_left)}], answer.parts, {empty: t("lead.no_parts")}),
  h("h2", {}, t("lead.markers")), dataTable(t("lead.markers"), [{title: t("lead.marker"), value: (m) => `${m.full_name} (${m.login_name})`}, {title: t("lead.part"), value: (m) => t("component." + m.component)}, number("lead.assigned", "assigned"), number("lead.marked", "marked"), number("lead.final", "final"), number("lead.leased", "leased"), number("lead.given_back", "given_back"),
    {title: t("lead.pace"), number: true, value: (m) => (m.median_seconds ? t("lead.seconds", {count: formatNumber(m.median_seconds)}) : "–")}, {title: t("lead.forecast"), number: true, value: (m) => left(m.seconds_left)}, {title: t("lead.last"), value: (m) => formatDateTime(m.last_final_at)}], answer.markers, {empty: t("lead.no_markers")})];
}

function readiness(answer) {
  if (answer.sha256) return h("p", {class: "banner"}, t("lead.frozen_at", {time: formatDateTime(answer.frozen_at)}), " ", h("code", {class: "code-like"}, answer.sha256));
  if (answer.scripts === 0) return h("p", {class: "muted"}, t("lead.nothing_open"));
  return h("p", {class: answer.unsettled ? "banner warn" : "banner"}, answer.unsettled ? t("lead.unsettled", {count: formatNumber(answer.unsettled), total: formatNumber(answer.scripts)}) : t("lead.ready"));
}

export async function leadView(code, state = "open") {
  const answer = await read(`/cycles/${code}/marking`), list = await read(`/cycles/${code}/draws`);
  if (!answer || !list) return;
  const again = () => leadView(code, state);
  const chosen = h("select", {onchange: () => { location.hash = `#/marking-lead/${code}/${chosen.value}`; }}, STATES.map((name) => h("option", {value: name, selected: name === state}, t("lead.state." + name))));
  const cases = await read(`/cycles/${code}/marking-cases?state=${state}&limit=100`);
  if (!cases) return;
  page(`${t("lead.title")} · ${code}`, h("h1", {}, `${t("lead.title")} · ${code}`), readiness(answer),
    h("h2", {}, t("lead.draws")), draws(code, list.items, again), progress(answer),
    h("h2", {}, t("lead.cases")), h("p", {class: "muted"}, t("lead.cases_text")), h("label", {class: "row"}, t("lead.show"), chosen), caseList(cases, {by: "decision", again}));
}
