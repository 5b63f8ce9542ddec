// compare.js: a list beside another version, or beside what another rule pack would make of the same field: who moves, why, by which rule.

import {h, fill, toast} from "/assets/shared/dom.js";
import {t, has, formatDateTime, formatMark, formatNumber} from "/assets/shared/i18n.js";
import {field} from "/assets/shared/form.js";
import {dataTable} from "/assets/shared/table.js";
import {movesView} from "/assets/shared/moves.js";
import {page, read, act, may, waitForJob} from "/assets/staff/app.js";

const AT_ONCE = 500;

/** The lists and trials of the cycle that may stand beside this run. */
async function others(run) {
  const [runs, trials] = await Promise.all([read(`/cycles/${run.cycle.code}/runs`), read(`/cycles/${run.cycle.code}/trials`)]);
  return runs && trials ? {runs: runs.items.filter((other) => other.id !== run.id), trials: trials.items, packs: trials.packs} : null;
}

function trialForm(run, packs, done) {
  const pack = h("select", {}, packs.map((id) => h("option", {value: id}, id)));
  const cause = h("input", {type: "text", maxlength: "2000"});
  const button = h("button", {type: "submit"}, t("compare.try"));
  return h("form", {class: "card stack", novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    if (!cause.value.trim()) return toast(t("reason.missing"));
    button.disabled = true;
    const answer = await act("POST", `/cycles/${run.cycle.code}/trials`, {pack: pack.value, cause: cause.value.trim()});
    const good = answer && await waitForJob(answer.job_id);
    button.disabled = false;
    if (good) await done(answer.trial_id);
  }}, h("h2", {}, t("compare.try_title")), h("p", {class: "muted"}, t("compare.try_text")), field("pack", t("compare.pack"), pack), field("cause", t("reason"), cause), h("div", {}, button));
}

export async function compareView(id, with_id) {
  const run = await read("/runs/" + id);
  const choice = run && await others(run);
  if (!choice) return;
  const outcome = h("div", {"aria-live": "polite"});
  const options = [...choice.runs.map((r) => [r.id, `${t("list.version", {version: r.version})} · ${formatDateTime(r.computed_at)} · ${r.cause}`]),
    ...choice.trials.map((r) => [r.id, t("compare.trial", {pack: r.pack, at: formatDateTime(r.computed_at), cause: r.cause})])];
  const select = h("select", {onchange: () => show(select.value)}, h("option", {value: ""}, t("compare.choose")), options.map(([value, text]) => h("option", {value}, text)));

  async function show(other, after = 0) {
    if (!other) return fill(outcome);
    history.replaceState(null, "", `#/runs/${id}/compare/${other}`);
    const data = await read(`/runs/${id}/comparison?with=${other}&after=${after}`);
    if (!data) return;
    const more = after + data.moves.length < data.moves_total;
    fill(outcome, movesView(data), data.moves_total > AT_ONCE ? h("nav", {class: "pager", "aria-label": t("table.pages")},
      h("button", {type: "button", disabled: after === 0, onclick: () => show(other, Math.max(0, after - AT_ONCE))}, "← " + t("table.previous")),
      h("span", {role: "status"}, t("table.range", {from: formatNumber(after + 1), to: formatNumber(after + data.moves.length), total: formatNumber(data.moves_total)})),
      h("button", {type: "button", disabled: !more, onclick: () => show(other, after + AT_ONCE)}, t("table.next") + " →")) : null);
  }
  page(t("compare.title"), h("p", {}, h("a", {href: "#/runs/" + id}, "← " + t("compare.back"))), h("h1", {}, t("compare.title")),
    h("p", {class: "lead"}, t("compare.text", {version: run.version, cause: run.cause})), h("section", {class: "card"}, field("with", t("compare.with"), select)),
    may("result-run") ? trialForm(run, choice.packs, (trial) => compareView(id, trial)) : null, outcome);
  if (with_id) {
    select.value = with_id;
    await show(with_id);
  }
}
