// cases.js: scripts whose marks stand apart, for the markers who confer, the head who decides and the chair above her.

import {h, ask, toast} from "/assets/shared/dom.js";
import {t, currentLanguage, formatDateTime, formatMark, formatNumber} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {field, showErrors, errorsOf} from "/assets/shared/form.js";
import {page, read, act} from "/assets/staff/app.js";

const STATUSES = ["awarded", "absent", "suspended", "void"];
const result = (row) => (row.status === "awarded" ? formatMark(row.value) : t("mark.status." + row.status));
const speaker = (row, other) => (row.own === undefined ? row.by ?? row.marker : t(row.own ? "lead.you" : other));

/** What somebody typed as the interface takes it, or null. */
function typed(text, max) {
  if (!/^\d{1,3}([.,]\d{1,2})?$/.test(text)) return null;
  const value = Number(text.replace(",", "."));
  return value <= Number(max) ? value.toFixed(2) : null;
}

/** Whether nothing is wrong in a dialog, which says else what is and stays open; `faults` is {id: text, or false}. */
function holds(body, faults) {
  const errors = Object.fromEntries(Object.entries(faults).filter(([, text]) => text));
  showErrors(body, errors);
  return Object.keys(errors).length === 0;
}

function marksOf(c) {
  return h("table", {}, h("caption", {}, t("lead.marks")), h("thead", {}, h("tr", {}, h("th", {scope: "col"}, t("lead.round")), h("th", {scope: "col"}, t("lead.marker")), h("th", {scope: "col", class: "number"}, t("lead.mark")))),
    h("tbody", {}, c.marks.map((m) => h("tr", {}, h("th", {scope: "row"}, t(m.round === 9 ? "lead.round_anew" : "lead.round_of", {round: m.round})), h("td", {}, speaker(m, "lead.other_marker"), m.reason ? h("p", {class: "muted"}, m.reason) : null),
      h("td", {class: "number"}, m.gave_way ? [h("s", {}, result(m)), h("p", {class: "muted"}, t("lead.gave_way"))] : result(m))))));
}

function waitingFor(c) {
  if (c.waiting_for.length === 0) return null;
  return h("p", {}, t("lead.waits_for"), " ", c.waiting_for.map((w, i) => [i ? ", " : "", `${w.full_name} (${w.login_name})`, w.leased ? h("span", {class: "muted"}, " · " + t("lead.has_open")) : null]));
}

function wordsOf(c) {
  if (c.words.length === 0) return null;
  return h("div", {class: "stack"}, h("h4", {}, t("lead.words")), c.words.map((w) => h("blockquote", {class: "word"}, h("p", {}, h("strong", {}, `${t("lead.kind." + w.kind)}: ${t("lead.said." + w.said)}`), w.status ? ` · ${result(w)}` : ""), h("p", {}, w.words), h("p", {class: "muted"}, `${speaker(w, "lead.other_marker")} · ${formatDateTime(w.said_at)}`))));
}

/** Minutes of a dialogue: one's own text, or the other's as it stands, so that both sign the same. */
function dialogueForm(c, again) {
  const theirs = c.words.filter((w) => w.kind === "dialogue" && !w.own).at(-1), mine = c.words.filter((w) => w.kind === "dialogue" && w.own).at(-1);
  const value = h("input", {type: "text", inputmode: "decimal", autocomplete: "off", value: theirs?.value ? formatMark(theirs.value) : mine?.value ? formatMark(mine.value) : ""});
  const agreed = h("select", {onchange: () => { value.disabled = agreed.value !== "agreed"; }}, ["agreed", "differ"].map((name) => h("option", {value: name, selected: (theirs?.said ?? mine?.said) === name}, t("lead.said." + name))));
  const words = h("textarea", {rows: "3", maxlength: "4000"}, theirs?.words ?? mine?.words ?? "");
  const send = async (body) => {
    if (await act("POST", `/scripts/${c.blind_id}/dialogue`, body)) {
      toast(t("lead.signed"));
      await again();
    }
  };
  value.disabled = agreed.value !== "agreed";
  const form = h("form", {novalidate: true, class: "stack", onsubmit: (event) => {
    event.preventDefault();
    const number = typed(value.value.trim(), c.mark_max), errors = {};
    if (agreed.value === "agreed" && number === null) errors["value-" + c.blind_id] = t("lead.value_wrong", {max: formatMark(c.mark_max)});
    if (!words.value.trim()) errors["words-" + c.blind_id] = t("lead.words_needed");
    showErrors(form, errors);
    if (Object.keys(errors).length === 0) void send({said: agreed.value, words: words.value.trim(), ...(agreed.value === "agreed" ? {value: number} : {})});
  }}, field("said-" + c.blind_id, t("lead.outcome_of"), agreed), field("value-" + c.blind_id, t("lead.agreed_value", {max: formatMark(c.mark_max)}), value), field("words-" + c.blind_id, t("lead.minutes_text"), words),
  h("div", {class: "row"}, h("button", {class: "primary", type: "submit"}, t("lead.sign"))));
  return [theirs ? h("div", {class: "row"}, h("button", {type: "button", class: "primary", onclick: () => send({said: theirs.said, words: theirs.words, ...(theirs.value ? {value: theirs.value} : {})})}, t("lead.sign_same")), h("span", {class: "muted"}, t("lead.sign_same_text"))) : null, h("details", {open: !theirs}, h("summary", {}, t(theirs ? "lead.other_words" : "lead.write_minutes")), form)];
}

async function decide(c, by, again) {
  const head = by === "decision";
  const status = h("select", {onchange: () => { value.disabled = status.value !== "awarded"; }}, STATUSES.map((name) => h("option", {value: name}, t("mark.status." + name))));
  const value = h("input", {type: "text", inputmode: "decimal", autocomplete: "off"});
  const words = h("textarea", {rows: "3", maxlength: "2000"});
  const body = h("div", {class: "stack"}, marksOf(c), wordsOf(c), field("decide-status", t("lead.status"), status), field("decide-value", t("lead.decided_value", {max: formatMark(c.mark_max)}), value), field("decide-words", t("reason"), words));
  // Said and sent while the dialog is open: what is refused is told in it, beside what she wrote.
  const check = (up) => async () => {
    const number = up || status.value !== "awarded" ? null : typed(value.value.trim(), c.mark_max);
    if (!holds(body, {"decide-words": !words.value.trim() && t("reason.missing"), "decide-value": !up && status.value === "awarded" && number === null && t("lead.value_wrong", {max: formatMark(c.mark_max)})})) return false;
    const sent = up ? {said: "passed_up"} : {said: "decided", status: status.value, ...(number === null ? {} : {value: number})};
    if (head && c.next === "collective") sent.kind = "collective";
    const answer = await api("POST", `/scripts/${c.blind_id}/${by}`, {...sent, words: words.value.trim()}).catch((error) => { if (!(error instanceof NetworkError)) throw error; return null; });
    return answer?.ok || holds(body, answer?.problem?.errors ? {"decide-value": Object.values(errorsOf(answer.problem))[0]} : {"decide-words": answer ? problemText(answer) : t("problem.network")});
  };
  const buttons = [{value: "", text: t("cancel")}, ...(head && c.next === "head" ? [{value: "up", text: t("lead.pass_up"), check: check(true)}] : []), {value: "yes", text: t("lead.decide"), class: "primary", check: check(false)}];
  if (await ask(t("lead.decide_title", {code: c.blind_code}), body, buttons)) {
    toast(t("lead.decided"));
    await again();
  }
}

/** Whether a suspected sign is proved: the chair's word, which sets no mark. */
async function judgeSign(c, again) {
  const words = h("textarea", {rows: "3", maxlength: "2000"}), body = h("div", {class: "stack"}, h("p", {}, t("lead.sign_text")), marksOf(c), field("sign-words", t("reason"), words));
  const check = () => holds(body, {"sign-words": !words.value.trim() && t("reason.missing")});
  const answer = await ask(t("lead.sign_title", {code: c.blind_code}), body,
    [{value: "", text: t("cancel")}, {value: "not_proved", text: t("lead.said.not_proved"), check}, {value: "proved", text: t("lead.said.proved"), class: "danger", check}]);
  if (!answer) return;
  if (await act("POST", `/scripts/${c.blind_id}/chair-decision`, {kind: "sign", said: answer, words: words.value.trim()})) {
    toast(t("lead.decided"));
    await again();
  }
}

/** Takes the script from one of those it waits for; where it waits for nobody, draws once more. */
async function replace(c, again) {
  const marker = h("select", {}, c.waiting_for.map((w) => h("option", {value: w.login_name}, `${w.full_name} (${w.login_name})`))), reason = h("textarea", {rows: "2", maxlength: "2000"});
  const about = c.waiting_for.length ? [h("p", {}, t("lead.replace_text")), field("replace-marker", t("lead.marker"), marker)] : h("p", {}, t("lead.redraw_text"));
  const body = h("div", {class: "stack"}, about, field("replace-reason", t("reason"), reason)), check = () => holds(body, {"replace-reason": !reason.value.trim() && t("reason.missing")});
  if ((await ask(t("lead.replace_title", {code: c.blind_code}), body, [{value: "", text: t("cancel")}, {value: "yes", text: t("lead.replace"), class: "primary", check}])) !== "yes") return;
  if (await act("POST", `/scripts/${c.blind_id}/replacement`, {...(c.waiting_for.length ? {marker: marker.value} : {}), reason: reason.value.trim()})) {
    toast(t("lead.replaced"));
    await again();
  }
}

function acts(c, by, again) {
  if (by === "dialogue") return dialogueForm(c, again);
  const mine = by === "decision" ? ["head", "collective"] : ["chair"];
  if (c.stage === "sign" && c.next === "chair") return by === "decision" ? null : h("div", {class: "row"}, h("button", {type: "button", class: "primary", onclick: () => judgeSign(c, again)}, t("lead.sign_open")));
  return h("div", {class: "row"}, mine.includes(c.next) ? h("button", {type: "button", class: "primary", onclick: () => decide(c, by, again)}, t("lead.decide_open")) : null,
    by === "decision" && c.next === "marks" ? h("button", {type: "button", onclick: () => replace(c, again)}, t(c.waiting_for.length ? "lead.replace_open" : "lead.redraw_open")) : null);
}

function caseCard(c, by, again) {
  const part = c.question ? t("lead.question_of", {part: t("component." + c.component), question: c.question}) : t("component." + c.component);
  return h("section", {class: "card stack"}, h("h3", {}, h("span", {class: "blind-code"}, c.blind_code), " · ", part), h("p", {class: "row"}, h("span", {class: c.next === "settled" ? "tag" : "tag warn"}, t("lead.state." + c.next)), ["status", "remark", "sign"].includes(c.stage) ? t("lead.stage_is." + c.stage) : t("lead.gap", {gap: formatMark(c.gap), tier: c.tier + 1, stage: t("lead.stage." + c.stage)})),
    c.why ? h("p", {}, t("lead.counts", {value: result(c), why: t("lead.why." + c.why)})) : null, marksOf(c), waitingFor(c), wordsOf(c), acts(c, by, again));
}

/** The cases of an answer as cards. `by`: dialogue, decision or chair-decision. */
export function caseList(answer, {by, again}) {
  if (answer.items.length === 0) return h("div", {class: "card empty"}, h("p", {}, t(by === "dialogue" ? "lead.no_dialogues" : "lead.no_cases")));
  return h("div", {class: "cards"}, answer.items.map((c) => caseCard(c, by, again)), answer.next ? h("p", {class: "muted"}, t("lead.more", {count: formatNumber(answer.items.length)})) : null);
}

async function casesPage(path, by, title, text) {
  const answer = await read(path + "?limit=100");
  if (!answer) return;
  page(t(title), h("h1", {}, t(title)), h("p", {class: "muted"}, t(text)), caseList(answer, {by, again: () => casesPage(path, by, title, text)}));
}

export const dialoguesView = () => casesPage("/dialogues", "dialogue", "lead.dialogues_title", "lead.dialogues_text");
export const chairView = () => casesPage("/chair-cases", "chair-decision", "lead.chair_title", "lead.chair_text");

/** Ties between examiners and candidates, entered before the scripts have codes. */
export async function kinshipsView(code) {
  const cycles = await read("/marking-cycles");
  if (!cycles) return;
  const open = cycles.items.filter((c) => !c.opened), chosen = code ?? open[0]?.code ?? cycles.items[0]?.code;
  const title = h("h1", {}, t("lead.kin_title"));
  if (!chosen) return page(t("lead.kin_title"), title, h("div", {class: "card empty"}, h("p", {}, t("lead.no_cycles"))));
  const answer = await read(`/cycles/${chosen}/kinships`);
  if (!answer) return;
  const cycle = h("select", {"aria-label": t("lead.cycle"), onchange: () => { location.hash = "#/kinships/" + cycle.value; }}, cycles.items.map((c) => h("option", {value: c.code, selected: c.code === chosen}, `${c.code} · ${currentLanguage() === "vi" ? c.title_vi : c.title_en}`)));
  const marker = h("input", {type: "text", maxlength: "40", autocomplete: "off"}), roll = h("input", {type: "text", maxlength: "20", autocomplete: "off"}), relation = h("input", {type: "text", maxlength: "200"});
  const late = cycles.items.find((c) => c.code === chosen)?.opened;
  const form = h("form", {class: "card stack", novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    if (await act("POST", `/cycles/${chosen}/kinships`, {marker: marker.value.trim(), roll_number: roll.value.trim().toUpperCase(), relation: relation.value.trim()})) {
      toast(t("lead.kin_done"));
      await kinshipsView(chosen);
    }
  }}, h("h2", {}, t("lead.kin_new")), field("kin-marker", t("lead.login"), marker), field("kin-roll", t("lead.roll"), roll), field("kin-relation", t("lead.relation"), relation, t("lead.relation_hint")), h("div", {class: "row"}, h("button", {class: "primary", type: "submit"}, t("lead.kin_do"))));
  page(t("lead.kin_title"), title, h("p", {class: "muted"}, t("lead.kin_text")), h("label", {class: "row"}, t("lead.cycle"), cycle), late ? h("p", {class: "banner warn"}, t("lead.kin_late")) : form,
    h("h2", {}, t("lead.kin_list")), answer.items.length === 0 ? h("p", {class: "muted"}, t("lead.kin_none")) : h("div", {class: "table-wrap", tabindex: "0", role: "region", "aria-label": t("lead.kin_list")}, h("table", {}, h("caption", {class: "visually-hidden"}, t("lead.kin_list")), h("thead", {}, h("tr", {}, ["lead.login", "lead.roll", "lead.relation", "lead.kin_by"].map((key) => h("th", {scope: "col"}, t(key))))), h("tbody", {}, answer.items.map((k) => h("tr", {}, h("th", {scope: "row"}, k.marker), h("td", {}, k.roll_number), h("td", {}, k.relation), h("td", {}, `${k.declared_by} · ${formatDateTime(k.declared_at)}`)))))));
}
