// ballots.js: the appointment that follows a leadership examination: who is proposed, its secret ballots one after the other, what each decided.

import {h, toast} from "/assets/shared/dom.js";
import {t, currentLanguage, formatDateTime, formatNumber} from "/assets/shared/i18n.js";
import {api, problemText} from "/assets/shared/api.js";
import {field, showErrors, errorsOf} from "/assets/shared/form.js";
import {dataTable} from "/assets/shared/table.js";
import {page, read, act, may, whoAmI} from "/assets/staff/app.js";
import {subNav} from "/assets/staff/cycles.js";
import {actDialog} from "/assets/staff/release/dialog.js";

const words = (thing) => (currentLanguage() === "vi" ? thing.title_vi : thing.title_en);
const STATE_LOOK = {open: "warn", decided: "ok", stopped: "stop"};

/** Opens the appointment of one title with the persons chosen. */
function appointForm(code, posts, reload) {
  const post = h("select", {}, posts.map((p) => h("option", {value: p.code}, `${p.code} · ${p.title}`)));
  const rolls = h("input", {type: "text", class: "code", autocomplete: "off"});
  const reason = h("textarea", {rows: "2", maxlength: "2000"});
  const form = h("form", {class: "card stack", novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    const roll_numbers = rolls.value.toUpperCase().split(/[\s,;]+/).filter(Boolean), errors = {};
    if (!roll_numbers.length) errors.rolls = t("rule.required", {field: t("ballot.rolls")});
    if (!reason.value.trim()) errors.why = t("rule.required", {field: t("reason")});
    showErrors(form, errors);
    if (Object.keys(errors).length) return;
    const answer = await api("POST", `/cycles/${code}/appointments`, {post: post.value, roll_numbers, reason: reason.value.trim()}).catch(() => null);
    if (answer?.ok) return reload();
    const wrong = /^roll_numbers\[(\d+)\]$/.exec(answer?.problem?.errors?.[0]?.path ?? "");
    showErrors(form, wrong ? {rolls: t("ballot.not_passed", {roll: roll_numbers[Number(wrong[1])]})} : answer?.problem?.errors ? errorsOf(answer.problem) : {post: answer ? problemText(answer) : t("problem.network")});
  }}, h("h2", {}, t("ballot.appoint_title")), h("p", {class: "muted"}, t("ballot.appoint_text")), field("post", t("column.post"), post), field("rolls", t("ballot.rolls"), rolls, t("ballot.rolls_hint")),
  field("why", t("reason"), reason), h("div", {}, h("button", {type: "submit", class: "primary"}, t("ballot.appoint"))));
  return form;
}

const numberField = (name, control, hint) => ({name, label: t("ballot." + name), control, hint, value: () => (control.value === "" ? "" : Number(control.value))});

/** How many are summoned and excused; then the slips come as a file, this once. */
async function prepare(appointment, reload) {
  const summoned = h("input", {type: "number", min: "1", max: "2000"}), excused = h("input", {type: "number", min: "0", max: "1999", value: "0"});
  const file = await actDialog({title: t("ballot.prepare"), text: t("ballot.prepare_text"), path: `/appointments/${appointment.id}/ballots`, button: t("ballot.prepare"), reason: false,
    fields: [{...numberField("summoned", summoned), required: true}, numberField("excused", excused, t("ballot.excused_hint"))]});
  if (!(file instanceof Blob)) return;
  const link = h("a", {href: URL.createObjectURL(file), download: `phieu-${appointment.post}.pdf`});
  link.click();
  URL.revokeObjectURL(link.href);
  await reload();
}

async function count(ballot, reload) {
  const present = h("input", {type: "number", min: "0", max: "2000"});
  const end = await actDialog({title: t("ballot.count"), text: t("ballot.count_text"), path: `/ballots/${ballot.id}/count`, button: t("ballot.count"), reason: false,
    fields: [{...numberField("present", present, t("ballot.present_hint")), required: true}]});
  if (!end) return;
  await reload();
  toast(currentLanguage() === "vi" ? end.sentence_vi : end.sentence_en);
}

async function pick(appointment, ballot, reload) {
  const who = h("select", {}, ballot.goes_on.map((number) => h("option", {value: number}, nameOf(appointment, number))));
  if (await actDialog({title: t("ballot.pick"), text: t("ballot.pick_text"), path: `/ballots/${ballot.id}/pick`, button: t("ballot.pick"), reasonHint: t("ballot.reason_short"),
    fields: [{name: "number", label: t("ballot.name"), control: who, value: () => Number(who.value)}]})) await reload();
}

const nameOf = (appointment, number) => {
  const one = appointment.names.find((n) => n.number === number);
  return one ? `${one.full_name} (${one.roll_number})` : String(number);
};

/** What one ballot is waiting for, or what it decided. */
function ballotCard(appointment, ballot, reload) {
  const counted = ballot.outcome !== null;
  const state = counted ? "counted" : ballot.opened_at ? "open" : "prepared";
  const rows = ballot.names.map((number, i) => ({number, votes: counted ? ballot.votes[i] : null, on: ballot.goes_on.includes(number) || ballot.picked === number}));
  const mine = ballot.prepared_by === whoAmI().login_name;
  return h("section", {class: "card stack"}, h("h3", {}, `${ballot.step}. ${words(ballot)}`), h("p", {class: "row"}, h("span", {class: "tag " + (counted ? "ok" : "plain")}, t("ballot.state." + state)),
    h("span", {class: "muted"}, t("ballot.numbers", {summoned: formatNumber(ballot.summoned), excused: formatNumber(ballot.excused), present: counted ? formatNumber(ballot.present) : "–"}))),
  dataTable(words(ballot), [{title: t("ballot.name"), value: (r) => nameOf(appointment, r.number)}, {title: t("ballot.votes"), number: true, value: (r) => (r.votes === null ? "–" : formatNumber(r.votes))},
    {title: t("ballot.goes_on"), value: (r) => (!counted ? "" : r.on ? t("yes") : t("no"))}], rows, {rowClass: (r) => (r.on ? "selected" : null)}),
  counted ? h("p", {}, t("ballot.outcome." + ballot.outcome), " · ", t("ballot.counted_by", {who: ballot.closed_by, at: formatDateTime(ballot.closed_at)})) : null,
  ballot.pick_reason ? h("p", {}, t("ballot.picked", {who: nameOf(appointment, ballot.picked), by: ballot.picked_by, reason: ballot.pick_reason})) : null,
  h("div", {class: "row"},
    state === "prepared" && may("cycle-write") ? h("button", {type: "button", class: "primary", onclick: async () => { if (await act("POST", `/ballots/${ballot.id}/open`, {})) await reload(); }}, t("ballot.open")) : null,
    state === "open" && may("cycle-write") ? (mine ? h("p", {class: "muted"}, t("ballot.not_yours")) : h("button", {type: "button", class: "primary", onclick: () => count(ballot, reload)}, t("ballot.count"))) : null,
    ballot.outcome === "head_picks" && !ballot.picked && may("chair") ? h("button", {type: "button", class: "primary", onclick: () => pick(appointment, ballot, reload)}, t("ballot.pick")) : null,
    counted ? h("a", {href: `/bo-phieu?ket-qua=${ballot.id}`, target: "_blank", rel: "noopener"}, t("ballot.receipts")) : null));
}

function appointmentCard(appointment, steps, reload) {
  const last = appointment.ballots.at(-1);
  const next = appointment.state === "open" && (!last || (last.outcome !== null && (last.outcome !== "head_picks" || last.picked))) && appointment.ballots.length < steps.length;
  const chosen = appointment.names.find((n) => n.roll_number === appointment.chosen);
  return h("article", {class: "stack"}, h("h2", {}, `${appointment.post} · ${appointment.title}`), h("p", {class: "row"}, h("span", {class: "tag " + STATE_LOOK[appointment.state]}, t("appointment.state." + appointment.state)),
    h("span", {class: "muted"}, `${formatDateTime(appointment.opened_at)} · ${appointment.reason}`)), chosen ? h("p", {class: "lead"}, t("ballot.chosen", {who: `${chosen.full_name} (${chosen.roll_number})`})) : null,
  appointment.ballots.map((ballot) => ballotCard(appointment, ballot, reload)),
  next && may("cycle-write") ? h("p", {}, h("button", {type: "button", class: "primary", onclick: () => prepare(appointment, reload)}, t("ballot.prepare_step", {step: words(steps[appointment.ballots.length])}))) : null);
}

export async function ballotsView(code) {
  const data = await read(`/cycles/${code}/appointments`);
  const cycle = data && may("cycle-read") ? await read("/cycles/" + code) : null;
  if (!data) return;
  const reload = () => ballotsView(code);
  const taken = new Set(data.items.map((a) => a.post)), free = (cycle?.progress.posts ?? []).filter((p) => !taken.has(p.code));
  page(t("ballot.title"), h("h1", {}, t("ballot.title")), cycle?.demonstration ? h("p", {}, h("span", {class: "tag warn"}, t("demonstration"))) : null, subNav(code, "ballots"), h("p", {class: "lead"}, t("ballot.intro")),
    data.steps.length === 0 ? h("div", {class: "card empty"}, h("p", {}, t("ballot.no_ballots"))) : [
      h("ol", {}, data.steps.map((step) => h("li", {}, words(step)))),
      data.items.length ? data.items.map((a) => appointmentCard(a, data.steps, reload)) : h("div", {class: "card empty"}, h("p", {}, t("ballot.none"))),
      may("cycle-write") && free.length ? appointForm(code, free, reload) : null]);
}
