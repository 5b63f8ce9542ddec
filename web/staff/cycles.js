// cycles.js: the list of cycles, a new one, and the page from which one is led step by step.

import {h, ask, toast} from "/assets/shared/dom.js";
import {t, currentLanguage, formatDate, formatDateTime, formatNumber, formatMark} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {field, showErrors, errorsOf} from "/assets/shared/form.js";
import {dataTable} from "/assets/shared/table.js";
import {page, read, act, may, waitForJob} from "/assets/staff/app.js";
import {packChoice} from "/assets/staff/packs.js";
import {shiftForm} from "/assets/staff/shift_form.js";

export const titleOf = (cycle) => (currentLanguage() === "vi" ? cycle.title_vi : cycle.title_en);
const stateTag = (state) => h("span", {class: "tag " + (state === "released" ? "ok" : "plain")}, t("cycle.state." + state));

export async function cyclesView() {
  const data = await read("/cycles");
  if (!data) return;
  page(t("cycles.title"), h("div", {class: "row between"}, h("h1", {}, t("cycles.title")), h("div", {class: "row"}, h("a", {class: "button", href: "#/packs"}, t("packs.title")), may("cycle-write") ? h("a", {class: "button primary", href: "#/cycles/new"}, t("cycles.new")) : null)),
    dataTable(t("cycles.title"), [
      {title: t("cycle.code"), value: (c) => h("a", {href: "#/cycles/" + c.code}, c.code)}, {title: t("cycle.title"), value: (c) => [h("div", {}, titleOf(c)), c.demonstration ? h("span", {class: "tag warn"}, t("demonstration")) : null]},
      {title: t("cycle.pack"), value: (c) => `${c.pack_id} · ${c.pack_version}`}, {title: t("cycle.state"), value: (c) => stateTag(c.state)}], data.items, {empty: t("cycles.empty")}));
}

export async function newCycleView() {
  const packs = await read("/packs");
  if (!packs) return;
  const names = ["code", "title_vi", "title_en", "authority_vi", "authority_en", "notice_on", "applications_until"], marks = ["written_max", "interview_max"];
  const inputs = Object.fromEntries([...names, ...marks].map((name) => [name, h("input", {type: ["notice_on", "applications_until"].includes(name) ? "date" : "text", autocomplete: "off"})]));
  const pack = packChoice(packs.items, (chosen) => {
    for (const name of marks) {
      inputs[name].readOnly = Boolean(chosen && !chosen.shares_marks);
      if (chosen) inputs[name].value = formatMark(chosen.shares_marks ? {written_max: "60.00", interview_max: "40.00"}[name] : chosen[name]);
    }
  });
  const notice = h("textarea", {rows: "8"});
  const line = (name) => field(name, t("field." + name), inputs[name], t("hint." + name) || null);
  const form = h("form", {class: "card", novalidate: true, onsubmit: submit}, names.map(line), field("pack_id", t("field.pack_id"), pack.select, t("hint.pack_id")), pack.words, marks.map(line),
    field("notice", t("field.notice"), notice), h("button", {class: "primary", type: "submit"}, t("cycles.create")));
  async function submit(event) {
    event.preventDefault();
    const given = {...Object.fromEntries(names.map((name) => [name, inputs[name].value.trim()])), ...Object.fromEntries(marks.map((name) => [name, inputs[name].value.trim().replace(",", ".")])), notice: notice.value.trim()};
    const body = Object.fromEntries(Object.entries(given).filter(([, value]) => value)); // what is empty is missing, and is said to be
    const chosen = pack.chosen();
    if (!chosen) return showErrors(form, {pack_id: t("pack.none")});
    const answer = await api("POST", "/cycles", {...body, pack_id: chosen.id, pack_version: chosen.version}).catch((error) => { if (!(error instanceof NetworkError)) throw error; });
    if (answer?.ok) return void (location.hash = "#/cycles/" + body.code);
    showErrors(form, answer?.problem?.errors ? errorsOf(answer.problem) : {code: answer ? problemText(answer) : t("problem.network")});
  }
  page(t("cycles.new"), h("h1", {}, t("cycles.new")), form);
}

export const subNav = (code, here) => h("nav", {class: "subnav", "aria-label": code}, [["", "overview"], ["/candidates", "candidates"], ...(may("result-read") ? [["/keys", "keys"], ["/appeals", "appeals"], ["/ballots", "ballots"]] : [])].map(([tail, name]) =>
  h("a", {href: `#/cycles/${code}${tail}`, "aria-current": name === here ? "page" : null}, t("cycle.nav." + name))));

const count = (label, value, note) => h("div", {}, h("div", {class: "muted"}, label), h("div", {class: "figure"}, value), note ? h("div", {class: "muted"}, note) : null);

function counts(progress) {
  const quota = progress.posts.reduce((sum, post) => sum + post.quota, 0), marked = (s) => (s ? `${formatNumber(s.marked)} / ${formatNumber(s.total)}` : "–");
  return h("div", {class: "counts-row"}, count(t("count.posts"), formatNumber(progress.posts.length), t("count.quota", {quota: formatNumber(quota)})), count(t("count.candidates"), formatNumber(progress.candidates)),
    progress.without_round1 ? null : count(t("count.round1"), formatNumber(progress.round1?.passed ?? 0), t("count.round1_note", {counted: formatNumber(progress.round1?.counted ?? 0), absent: formatNumber(progress.round1?.absent ?? 0)})),
    count(t("count.written"), marked(progress.scripts?.written)), count(t("count.interview"), marked(progress.scripts?.interview)));
}

/** Asks for a reason, then acts; the answer or null. */
export async function actWithReason(title, text, path, member = "reason", more = {}) {
  const reason = h("textarea", {rows: "3", maxlength: "2000", "aria-label": t("reason")});
  if ((await ask(title, h("div", {class: "stack"}, h("p", {}, text), h("label", {}, t("reason"), reason)), [{value: "", text: t("cancel")}, {value: "yes", text: t("confirm"), class: "primary"}])) !== "yes") return null;
  if (!reason.value.trim()) return toast(t("reason.missing")), null;
  return act("POST", path, {...more, [member]: reason.value.trim()});
}

async function runJob(button, answer) {
  if (!answer) return false;
  button.disabled = true;
  const label = button.textContent;
  const stop = h("button", {type: "button", onclick: () => { stop.disabled = true; act("POST", `/jobs/${answer.job_id}/cancel`, {}); }}, t("job.cancel"));
  const good = answer.job_id ? await waitForJob(answer.job_id, (done, total, job) => {
    button.textContent = total ? `${label} ${formatNumber(done)} / ${formatNumber(total)}` : label + " …";
    if (job.kind === "ranking_run" && !stop.isConnected) button.after(stop);
  }) : true;
  stop.remove();
  button.textContent = label;
  button.disabled = false;
  return good;
}

function stepButtons(cycle) {
  const code = cycle.code;
  const button = (name, run) => h("button", {type: "button", onclick: async (event) => {
    const self = event.currentTarget;
    if (await runJob(self, await run())) await cycleView(code);
  }}, t("cycle.act." + name));
  // What the state of the cycle has locked (cycle.h) is not offered.
  const {without_round1, next_step} = cycle.progress, at = (...states) => states.includes(cycle.state), computer = !without_round1;
  const write = may("cycle-write"), run = may("result-run");
  return h("div", {class: "row"},
    write && at("preparing") ? h("a", {class: "button", href: `#/import/posts/${code}`}, t("cycle.act.posts")) : null,
    write && at("preparing", "round1", "round2") ? h("a", {class: "button", href: `#/import/candidates/${code}`}, t("cycle.act.candidates")) : null,
    may("form-seal") && computer && at("preparing", "round1") ? h("a", {class: "button", href: "#/forms/" + code}, t("cycle.act.form")) : null,
    write && computer && at("preparing", "round1") ? h("button", {type: "button", onclick: () => shiftForm(cycle, () => cycleView(code))}, t("cycle.act.shift")) : null,
    write ? h("button", {type: "button", onclick: () => accessCodes(code)}, t("cycle.act.codes")) : null,
    write && (at("preparing", "round1") || next_step === "stage") ? button(next_step === "stage" ? "stage" : "round2", () => act("POST", `/cycles/${code}/round2`, {})) : null,
    run && at("round2") ? button("freeze", () => actWithReason(t("cycle.act.freeze"), t("freeze.text"), `/cycles/${code}/marks-freeze`)) : null,
    run && at("ranking", "released") ? button("run", () => actWithReason(t("cycle.act.run"), t("run.text"), `/cycles/${code}/runs`, "cause")) : null);
}

async function accessCodes(code) {
  const sure = await ask(t("cycle.act.codes"), h("p", {}, t("codes.text")), [{value: "", text: t("cancel")}, {value: "missing", text: t("codes.missing"), class: "primary"}]);
  if (!sure) return;
  const csv = await act("POST", `/cycles/${code}/access-codes`, {scope: sure});
  if (typeof csv !== "string") return;
  const link = h("a", {href: URL.createObjectURL(new Blob(["\ufeff" + csv.replace(/^\ufeff/, "")], {type: "text/csv"})), download: `${code}-access-codes.csv`});
  link.click();
  URL.revokeObjectURL(link.href);
}

export async function cycleView(code) {
  const cycle = await read("/cycles/" + code);
  if (!cycle) return;
  const progress = cycle.progress;
  page(titleOf(cycle), h("h1", {}, titleOf(cycle)), h("p", {class: "row"}, stateTag(cycle.state), cycle.demonstration ? h("span", {class: "tag warn"}, t("demonstration")) : null), subNav(code, "overview"),
    counts(progress), h("section", {class: "card next-step"}, h("h2", {}, t("cycle.next")), h("p", {}, t("cycle.next." + (progress.next_step ?? "none"))), stepButtons(cycle)),
    progress.without_round1 ? null : h("h2", {}, t("cycle.shifts")), progress.without_round1 ? null : dataTable(t("cycle.shifts"), [{title: t("shift.code"), value: (s) => (may("hall") ? h("a", {href: `#/cycles/${code}/shifts/${s.id}`}, s.code) : s.code)},
      {title: t("shift.starts"), value: (s) => formatDateTime(s.starts_at)}, {title: t("shift.ends"), value: (s) => formatDateTime(s.ends_at)}, {title: t("shift.state"), value: (s) => t("shift.state." + s.state)},
      ...["assigned", "open", "submitted", "closed", "absent"].map((state) => ({title: t("sitting.state." + state), number: true, value: (s) => formatNumber(s.counts?.[state] ?? 0)}))], progress.shifts ?? [], {empty: t("cycle.no_shifts")}),
    h("h2", {}, t("cycle.runs")), dataTable(t("cycle.runs"), [{title: t("run.version"), value: (r) => (may("result-read") ? h("a", {href: "#/runs/" + r.id}, t("list.version", {version: r.version})) : String(r.version))},
      {title: t("run.computed"), value: (r) => formatDateTime(r.computed_at)}, {title: t("run.cause"), value: (r) => r.cause}, {title: t("run.selected"), number: true, value: (r) => formatNumber(r.selected)},
      {title: t("run.unresolved"), number: true, value: (r) => formatNumber(r.unresolved)}, {title: t("run.state"), value: (r) => t("run.state." + (r.release ? "released" : r.approval?.verdict ?? "computed"))}], progress.runs ?? [], {empty: t("cycle.no_runs")}),
    h("h2", {}, t("cycle.posts")), dataTable(t("cycle.posts"), [{title: t("post.code"), value: (p) => p.code}, {title: t("post.title"), value: (p) => p.title}, {title: t("post.agencies"), value: (p) => (p.agencies ?? []).map((a) => `${a.code}: ${a.quota}`).join(", ")},
      {title: t("post.quota"), number: true, value: (p) => formatNumber(p.quota)}, {title: t("post.applicants"), number: true, value: (p) => formatNumber(p.applicants)},
      ...(progress.min_candidates ? [{title: t("post.start"), value: (p) => (p.applicants < progress.min_candidates ? h("span", {class: "tag warn"}, t("post.not_held", {here: formatNumber(p.applicants), least: formatNumber(progress.min_candidates)})) : t("post.starts"))}] : [])], progress.posts, {empty: t("cycle.no_posts")}),
    h("details", {class: "card"}, h("summary", {}, t("cycle.about")), h("dl", {class: "facts"}, h("dt", {}, t("field.notice_on")), h("dd", {}, formatDate(cycle.notice_on)), cycle.applications_until ? [h("dt", {}, t("field.applications_until")), h("dd", {}, formatDate(cycle.applications_until))] : null, h("dt", {}, t("cycle.pack")), h("dd", {}, `${cycle.pack_id} · ${cycle.pack_version}`),
      h("dt", {}, t("component.written")), h("dd", {}, formatMark(cycle.written_max)), h("dt", {}, t("component.interview")), h("dd", {}, formatMark(cycle.interview_max))), h("pre", {}, cycle.notice ?? "")));
}
