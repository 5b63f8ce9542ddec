// review.js: one review of a key: questions with their challenges and statistics, decisions proposed, their effect, the second person.

import {h, fill, toast} from "/assets/shared/dom.js";
import {t, has, formatDateTime, formatNumber} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {dataTable} from "/assets/shared/table.js";
import {answerWords, keyOptions, optionWords, stemNodes, stemWords} from "/assets/shared/key_view.js";
import {page, read, act, may, stay, waitForJob, whoAmI} from "/assets/staff/app.js";
import {decisionForm} from "/assets/staff/keys/decision.js";
import {actWithReason} from "/assets/staff/cycles.js";

const percent = (part, whole) => (whole ? `${formatNumber(Math.round((1000 * part) / whole) / 10)} %` : "–");
const decimal = (text) => (text === null ? "–" : formatNumber(Number(text)));

/** The question at a canonical place, as it is shown, with its options in canonical order. */
function questionOf(data, position) {
  const item = data.paper.items[position.shown - 1], place = new Map(position.marks.map((name, i) => [name, i]));
  const sorted = (list) => [...(list ?? [])].sort((a, b) => place.get(a.id) - place.get(b.id));
  return {...item, options: sorted(item.options), columns: item.columns && sorted(item.columns)};
}

function statisticLine(statistic, sittings) {
  return h("p", {class: "muted"}, t("keys.statistic", {answered: percent(statistic.answered, sittings), facility: decimal(statistic.facility), rest: decimal(statistic.item_rest)}),
    Number(statistic.item_rest ?? 1) < 0 ? h("span", {class: "tag warn"}, t("keys.negative")) : null);
}

function questionCard(data, position, picks) {
  const item = questionOf(data, position), statistic = data.statistics.find((s) => s.position === position.position);
  const lines = data.challenges.filter((c) => c.position === position.position), live = lines.filter((c) => !c.withdrawn_at).length;
  const share = (id) => (statistic?.marks.length ? h("span", {class: "share"}, percent(statistic.marks[position.marks.indexOf(id) + 1], data.sittings)) : null);
  const form = may("result-run") && !data.review.rescoring ? decisionForm(position, item, picks) : null;
  return h("details", {class: "card key-card", open: live > 0}, h("summary", {}, h("span", {class: "row"}, h("strong", {}, t("keys.question", {position: position.position})), live ? h("span", {class: "tag warn"}, t("keys.challenges_count", {count: live})) : null,
    position.decision !== "stands" ? h("span", {class: "tag flag"}, t("keys.decision." + position.decision)) : null, h("span", {class: "stem-line"}, stemWords(item).slice(0, 90)))),
  h("div", {class: "stem"}, stemNodes(item)), keyOptions(item, position.right, null, share) ?? h("p", {}, t("keys.official_is", {key: position.right.map((one) => answerWords(item, one)).join(t("keys.or"))})),
  statistic ? statisticLine(statistic, data.sittings) : null,
  position.decided ? h("div", {class: "banner ok"}, h("p", {}, t("keys.decided", {decision: t("keys.decision." + position.decided), at: formatDateTime(position.decided_at)})), h("p", {}, position.decision_reason)) : null,
  lines.length ? h("ul", {class: "challenges"}, lines.map((c) => h("li", {class: c.withdrawn_at ? "withdrawn" : null}, h("p", {}, c.reason), h("p", {class: "muted"}, t("keys.source_is", {source: c.source}), " · ", formatDateTime(c.filed_at), c.withdrawn_at ? " · " + t("keys.withdrawn") : "")))) : null, form);
}

async function propose(review_id, picks, reason, done) {
  const decisions = [...picks.values()].map((pick) => pick.read()).filter(Boolean);
  if (decisions.length === 0) return toast(t("keys.none_picked"));
  if (!reason.value.trim() || decisions.some((d) => !d.reason)) return toast(t("reason.missing"));
  if (decisions.some((d) => d.broken)) return toast(t("keys.broken", {position: decisions.find((d) => d.broken).position}));
  const here = stay();
  try {
    const answer = await api("POST", `/key-reviews/${review_id}/proposals`, {reason: reason.value.trim(), decisions});
    if (!answer.ok) return toast([problemText(answer), ...(answer.problem?.errors ?? []).map((e) => `${e.path}: ${e.rule}`)].join(" · "));
    if (await waitForJob(answer.data.job_id)) toast(t("keys.previewed"));
    if (here()) await done();
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    toast(t("problem.network"));
  }
}

const outcome = (key) => (key ? t("outcome." + key) : "–");
async function effectTable(proposal_id, box, touched) {
  const data = await read(`/key-proposals/${proposal_id}/preview?touched=${touched}&limit=200`);
  if (!data) return;
  fill(box, dataTable(t("keys.effect"), [{title: t("column.roll_number"), value: (r) => r.roll_number}, {title: t("column.post"), value: (r) => r.post}, {title: t("keys.before"), number: true, value: (r) => (r.before < 0 ? "–" : formatNumber(r.before))}, {title: t("keys.after"), number: true, value: (r) => (r.after < 0 ? "–" : formatNumber(r.after))},
    {title: t("keys.stage"), value: (r) => (r.passed_before === r.passed_after ? t(r.passed_after ? "keys.passed" : "keys.failed") : h("span", {class: "tag " + (r.passed_after ? "ok" : "stop")}, t(r.passed_after ? "keys.newly_passed" : "keys.newly_failed")))},
    {title: t("column.rank"), value: (r) => (r.rank_before || r.rank_after ? `${r.rank_before || "–"} → ${r.rank_after || "–"}` : "–")}, {title: t("column.outcome"), value: (r) => (r.outcome_before === r.outcome_after ? outcome(r.outcome_after) : `${outcome(r.outcome_before)} → ${outcome(r.outcome_after)}`)}], data.items, {empty: t("keys.nobody_touched")}),
  data.next ? h("p", {class: "muted"}, t("keys.first_rows", {count: data.items.length})) : null);
}

function effectLines(preview) {
  const number = (value) => (value === null ? "–" : formatNumber(value));
  const unsat = /^candidates\[(.+)\]\.results\.(\w+): missing$/.exec(preview.why ?? ""); // who passes by the correction, and has not sat what follows
  const why = unsat ? t("keys.why.unsat", {roll: unsat[1], part: unsat[2]}) : preview.why && (has("keys.why." + preview.why) ? t("keys.why." + preview.why) : preview.why);
  return [h("p", {}, t("keys.effect_counts", {candidates: number(preview.candidates), changed: number(preview.changed), before: preview.questions_before, after: preview.questions_after})), h("p", {}, t("keys.effect_gate", {passes: number(preview.passes), falls: number(preview.falls)})),
    h("p", {}, why ? t("keys.effect_no_list", {why}) : t("keys.effect_list", {selected: number(preview.selected), deselected: number(preview.deselected), moved: number(preview.moved)}))];
}

function proposalCard(proposal, data, done) {
  const box = h("div", {}), own = proposal.proposed_by_id === whoAmI()?.id, waits = !proposal.verdict, applying = h("p", {role: "status"});
  const decide = async (verdict) => {
    const here = stay(), answer = await actWithReason(t("keys.say." + verdict), t("keys.say_text." + verdict), `/key-proposals/${proposal.proposal_id}/verdict`, "reason", {verdict});
    if (!answer) return;
    if (answer.job_id) await waitForJob(answer.job_id, (at, total) => fill(applying, t("keys.applying", {at: formatNumber(at), total: formatNumber(total)})));
    if (here()) await done();
  };
  const state = proposal.verdict === "confirmed" ? (proposal.version === 0 ? "kept" : proposal.applied ? "applied" : "applying") : proposal.verdict ?? "waiting";
  const show = (touched) => effectTable(proposal.proposal_id, box, touched);
  return h("article", {class: "card proposal"}, h("p", {class: "row between"}, h("strong", {}, t("keys.proposal_of", {name: proposal.proposed_by, at: formatDateTime(proposal.proposed_at)})), h("span", {class: "tag " + (state === "waiting" ? "warn" : state === "refused" ? "stop" : "ok")}, t("keys.proposal." + state, {version: proposal.version}))), h("p", {}, proposal.reason),
    h("ul", {}, proposal.decisions.map((d) => { const position = data.positions.find((p) => p.position === d.position), item = questionOf(data, position); return h("li", {}, h("strong", {}, t("keys.question", {position: d.position})), " · ", t("keys.decision." + d.decision), d.keys.length ? ": " + d.keys.map((key) => keyWords(item, position, key)).join(t("keys.or")) : "", " · ", d.reason); })),
    proposal.preview ? [effectLines(proposal.preview), h("div", {class: "row"}, h("button", {type: "button", onclick: () => show(true)}, t("keys.show_touched")), h("button", {type: "button", onclick: () => show(false)}, t("keys.show_all"))), box] : h("p", {class: "muted"}, t("keys.no_preview")), applying,
    proposal.verdict ? h("p", {class: "muted"}, t("keys.verdict_by", {name: proposal.decided_by, at: formatDateTime(proposal.decided_at), reason: proposal.verdict_reason})) : null,
    waits && may("result-approve") ? (own ? h("p", {class: "muted"}, t("keys.other_person")) : h("div", {class: "row"}, h("button", {type: "button", class: "primary", disabled: !proposal.preview, onclick: () => decide("confirmed")}, t("keys.confirm")), h("button", {type: "button", onclick: () => decide("refused")}, t("keys.refuse")))) : null);
}

/** A proposed key in words: options by their letters, numbers and texts as they are. */
function keyWords(item, position, key) {
  if (key.accepted) return key.accepted.map((a) => (a.low || a.high ? `${a.low ?? ""} … ${a.high ?? ""}` : a.value + (a.tolerance ? ` ± ${a.tolerance}` : ""))).join("; ");
  const options = (key.options ?? []).filter((o) => o.credit === "1").map((o) => item.options[position.ids.indexOf(o.id)] ?? null);
  return options.length && options.every(Boolean) ? options.map((o) => optionWords(item.options, o.id)).join("; ") : JSON.stringify(key);
}

export async function reviewView(id) {
  const data = await read("/key-reviews/" + id);
  if (!data) return;
  const again = () => reviewView(id), review = data.review, picks = new Map();
  const weight = (p) => data.challenges.filter((c) => c.position === p.position && !c.withdrawn_at).length;
  const positions = [...data.positions].sort((a, b) => weight(b) - weight(a) || a.position - b.position);
  const reason = h("textarea", {rows: "2", maxlength: "1500"});
  page(t("keys.review_title", {form: review.form}), h("p", {}, h("a", {href: `#/cycles/${review.cycle}/keys`}, "← " + t("keys.title"))), h("h1", {}, t("keys.review_title", {form: review.form})),
    h("p", {class: "lead"}, t("keys.review_lead", {from: formatDateTime(review.opens_at), to: formatDateTime(review.closes_at), version: review.key_version, challenges: formatNumber(review.challenges), sittings: formatNumber(data.sittings)})),
    review.rescoring ? h("div", {class: "banner warn", role: "status"}, t("keys.rescoring")) : null,
    data.proposals.length ? [h("h2", {}, t("keys.proposals")), data.proposals.map((p) => proposalCard(p, data, again))] : null, h("h2", {}, t("keys.questions")), positions.map((p) => questionCard(data, p, picks)),
    may("result-run") && !review.rescoring ? h("section", {class: "card sticky-act"}, h("h2", {}, t("keys.propose_title")), h("p", {}, t("keys.propose_text")), h("label", {}, t("reason"), reason), h("div", {class: "row"}, h("button", {type: "button", class: "primary", onclick: (event) => { const self = event.currentTarget; self.disabled = true; void propose(id, picks, reason, again).finally(() => { self.disabled = false; }); }}, t("keys.propose")))) : null);
}
