// appeals.js: after the publication: her own marks and scripts, and the appeal against a mark.

import {h, ask, showView, toast} from "/assets/shared/dom.js";
import {t, has, currentLanguage, formatDate, formatDateTime, formatMark, lawText} from "/assets/shared/i18n.js";
import {field, showErrors} from "/assets/shared/form.js";
import {dataTable} from "/assets/shared/table.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";

const LOOK = {lodged: "warn", marking: "warn", words: "warn", settled: "warn", proposed: "warn", decided: "ok", refused: "stop", withdrawn: "plain"};
const titled = (thing) => (currentLanguage() === "vi" ? thing.title_vi : thing.title_en) ?? thing.component;

/** A refusal, with the document and the last day where it is one by them. */
const said = (answer) => (has("appeal.refusal." + answer.problem?.code) ? t("appeal.refusal." + answer.problem.code) : problemText(answer));
const refusalText = (answer) => (answer.problem?.basis ? t("appeal.refused", {text: said(answer), article: lawText(answer.problem), day: answer.problem.last_day ? formatDate(answer.problem.last_day) : "–"}) : said(answer));

/** What came back, or null after `tell` was told why not. */
async function call(method, path, body, tell = toast) {
  try {
    const answer = await api(method, path, body);
    if (answer.ok) return answer.data ?? true;
    tell(refusalText(answer));
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    tell(t("problem.network"));
  }
  return null;
}

function marksTable(script) {
  const names = (i) => (currentLanguage() === "vi" ? script.criteria[i].title_vi || script.criteria[i].title_en : script.criteria[i].title_en || script.criteria[i].title_vi);
  const value = (m) => (m.value === null ? t("appeal.status." + m.status) : formatMark(m.value));
  const rows = [...script.criteria.map((c, i) => ({name: `${names(i)} (${formatMark(c.mark_max)})`, of: (m) => (m.criteria[i] === undefined ? "–" : formatMark(m.criteria[i]))})), {name: t("appeal.whole"), of: value}];
  return dataTable(t("appeal.marks"), [{title: t("appeal.criterion"), value: (row) => row.name},
    ...script.marks.map((m) => ({title: t(m.round > 5 ? "appeal.remark_n" : "appeal.mark_n", {n: m.round > 5 ? m.round - 5 : m.round}), number: true, value: (row) => row.of(m)}))], rows);
}

function scriptCard(part, script) {
  const pages = script.pages.map((p) => (p.kind === "text" ? h("pre", {class: "own-page"}, p.body)
    : p.kind === "image" ? h("p", {}, h("a", {href: `/api/v1/own-scripts/${part.component}/${script.question}/${p.page}`, download: `trang-${p.page}`}, t("appeal.page", {page: p.page}))) : h("p", {class: "muted"}, t("appeal.withheld"))));
  return h("section", {class: "stack"}, script.question ? h("h3", {}, t("appeal.question", {n: script.question})) : null,
    h("p", {}, t("appeal.counts", {mark: script.value === null ? t("appeal.status." + (script.status ?? "absent")) : formatMark(script.value), max: formatMark(script.mark_max)}), script.why && has("appeal.why." + script.why) ? [" ", t("appeal.how", {why: t("appeal.why." + script.why)})] : null),
    script.marks.length ? marksTable(script) : null,
    pages.length ? h("details", {}, h("summary", {}, t("appeal.own_script")), pages) : null);
}

function appealCard(appeal, again) {
  const done = appeal.state === "decided";
  return h("section", {class: "card stack"}, h("h3", {}, t("appeal.yours", {number: appeal.number})), h("p", {}, h("span", {class: "tag " + LOOK[appeal.state]}, t("appeal.state." + appeal.state))),
    h("dl", {class: "facts"}, h("dt", {}, t("appeal.lodged_at")), h("dd", {}, formatDateTime(appeal.lodged_at)), h("dt", {}, t("appeal.reason")), h("dd", {}, appeal.reason),
      h("dt", {}, t("appeal.decide_by")), h("dd", {}, formatDate(appeal.decide_by)),
      done ? [h("dt", {}, t("appeal.change")), h("dd", {}, t("appeal.from_to", {before: formatMark(appeal.before), after: formatMark(appeal.after)})), h("dt", {}, t("appeal.why")), h("dd", {}, appeal.explanation)] : null,
      appeal.answer ? [h("dt", {}, t("appeal.why")), h("dd", {}, appeal.answer)] : null),
    h("p", {class: "row"}, done || appeal.state === "refused" ? h("a", {href: `/api/v1/appeals/own/${appeal.id}/letter.pdf`, download: `${appeal.number}.pdf`}, t("appeal.letter")) : null,
      appeal.state === "lodged" ? h("button", {type: "button", onclick: async () => {
        if ((await ask(t("appeal.withdraw"), h("p", {}, t("appeal.withdraw_text")), [{value: "", text: t("cancel")}, {value: "yes", text: t("appeal.withdraw"), class: "primary"}])) !== "yes") return;
        if (await call("POST", `/appeals/own/${appeal.id}/withdrawal`)) await again();
      }}, t("appeal.withdraw")) : null));
}

function lodgeForm(part, own, again) {
  const reason = h("textarea", {rows: "5", maxlength: "4000"}), id = "reason-" + part.component;
  const form = h("form", {class: "card stack", novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    showErrors(form, reason.value.trim().length < 10 ? {[id]: t("appeal.reason_short")} : {});
    if (reason.value.trim().length < 10) return;
    const receipt = await call("POST", "/appeals/own", {component: part.component, reason: reason.value.trim()}, (text) => showErrors(form, {[id]: text}));
    if (receipt) await again(receipt);
  }}, h("h3", {}, t("appeal.lodge_title")), h("p", {class: "muted"}, t("appeal.lodge_text", {day: formatDate(own.last_day), article: lawText(own)})),
  field(id, t("appeal.reason"), reason, t("appeal.reason_hint")), h("div", {}, h("button", {type: "submit", class: "primary"}, t("appeal.lodge"))));
  return form;
}

function partCard(part, own, again) {
  return h("section", {class: "card stack"}, h("h2", {}, titled(part)),
    part.remark ? part.scripts.map((script) => scriptCard(part, script)) : h("p", {class: "muted"}, t("appeal.no_remark", {article: lawText(own)})),
    part.appeal ? appealCard(part.appeal, again) : part.remark && part.scripts.some((s) => s.value !== null) ? (own.open ? lodgeForm(part, own, again) : h("p", {class: "muted"}, t("appeal.over", {day: formatDate(own.last_day), article: lawText(own)}))) : null);
}

/** The page of marks and appeals; `back` shows what was there before, `receipt` is of an appeal that was lodged just now. */
export async function appealsView(root, frame, sitting, back, receipt = null) {
  const own = await call("GET", "/appeals/own"), again = (lodged = null) => appealsView(root, frame, sitting, back, lodged);
  if (!own) return;
  showView(root, t("appeal.title"), frame(h("main", {}, back ? h("p", {}, h("button", {type: "button", class: "quiet", onclick: back}, "← " + t("appeal.back"))) : null, h("h1", {}, t("appeal.title")),
    receipt ? h("div", {class: "banner ok", role: "status"}, t("appeal.receipt", {number: receipt.number, at: formatDateTime(receipt.lodged_at)})) : null,
    own.released_at ? [h("p", {class: "lead"}, t("appeal.lead", {at: formatDateTime(own.released_at), day: formatDate(own.last_day)})), own.parts.map((part) => partCard(part, own, again))]
      : h("div", {class: "card empty"}, h("p", {}, t("appeal.not_released")))), sitting));
}

/** A line that leads there, once results are published; nothing before. */
export async function appealNotice(root, frame, sitting, back) {
  const answer = await api("GET", "/appeals/own").catch(() => null);
  if (!answer?.ok || !answer.data.released_at) return null;
  return h("section", {class: "card stack"}, h("h2", {}, t("appeal.title")), h("p", {}, t(answer.data.open ? "appeal.notice_open" : "appeal.notice_over", {day: formatDate(answer.data.last_day)})),
    h("div", {}, h("button", {type: "button", class: "primary", onclick: () => appealsView(root, frame, sitting, back)}, t("appeal.show"))));
}
