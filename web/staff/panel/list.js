// list.js: the panels that one may see, and a new one.

import {h, toast} from "/assets/shared/dom.js";
import {t, formatNumber} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {field, showErrors, errorsOf} from "/assets/shared/form.js";
import {dataTable} from "/assets/shared/table.js";
import {page, read, may} from "/assets/staff/app.js";

const TONES = {draft: "warn", committed: "warn", drawn: "plain", minuted: "flag", closed: "ok"};
export const stateTag = (state) => h("span", {class: "tag " + TONES[state]}, t("panel.state." + state));

export async function panelsView() {
  const data = await read("/panels");
  if (!data) return;
  page(t("panel.list"), h("div", {class: "row between"}, h("h1", {}, t("panel.list")), may("panel-make") ? h("a", {class: "button primary", href: "#/panels/new"}, t("panel.new")) : null),
    dataTable(t("panel.list"), [
      {title: t("panel.code"), value: (p) => h("a", {href: "#/panels/" + p.panel_id}, p.code)}, {title: t("panel.cycle"), value: (p) => p.cycle},
      {title: t("panel.kind"), value: (p) => t("panel.kind." + p.kind)}, {title: t("panel.room"), value: (p) => p.room},
      {title: t("panel.office"), value: (p) => (p.office ? t("panel.office." + p.office) : "–")}, {title: t("panel.state"), value: (p) => stateTag(p.state)},
      {title: t("panel.progress"), number: true, value: (p) => `${formatNumber(p.settled)} / ${formatNumber(p.hearings)}`}], data.items, {empty: t("panel.none")}));
}

const lines = (text) => text.split(/[\n,;]+/).map((line) => line.trim()).filter(Boolean);

function criterionRow(number) {
  const input = (name, value = "") => h("input", {type: "text", "aria-label": `${t("panel.criterion." + name)} ${number}`, "data-name": name, value, autocomplete: "off"});
  return h("div", {class: "criterion-row"}, input("title"), input("mark_max"), input("mark_step", "0.25"));
}

/** The field that a refusal is about. */
function fieldOf(problem, body) {
  const fixed = {"not-found": "cycle", "panel-not-open": "cycle", "panel-scheme": "cycle", "frozen": "cycle", "panel-scale": "criteria", "panel-steps": "criteria", "panel-too-few": "members", "panel-too-many": "members",
    "panel-tied": "members", "panel-committee": "committee", "panel-committee-name": "committee", "panel-no-committee": "committee", "panel-committee-size": "committee_size", "panel-unknown-candidate": "roll_numbers", "panel-heard-elsewhere": "roll_numbers", "panel-marked-before": "roll_numbers", "panel-nobody": "roll_numbers"}[problem.code];
  return fixed ?? ["chair", "secretary"].find((name) => body[name] === problem.detail) ?? (body.members.includes(problem.detail) ? "members" : "code");
}

export function newPanelView() {
  const text = (value = "") => h("input", {type: "text", autocomplete: "off", spellcheck: "false", value});
  const inputs = {cycle: text(), code: text(), room: text(), chair: text(), secretary: text()};
  const kind = h("select", {}, ["interview", "practical", "project"].map((name) => h("option", {value: name}, t("panel.kind." + name))));
  const members = h("textarea", {rows: "4", spellcheck: "false"}), rolls = h("textarea", {rows: "4", spellcheck: "false"});
  const committee = h("textarea", {rows: "3", spellcheck: "false"}), committee_size = h("input", {type: "number", min: "1", max: "200"});
  const criteria = h("div", {class: "criteria"}, [1, 2, 3].map(criterionRow));
  const more = h("button", {type: "button", onclick: () => { if (criteria.children.length < 20) criteria.append(criterionRow(criteria.children.length + 1)); }}, t("panel.criterion.add"));
  const form = h("form", {class: "card", novalidate: true, onsubmit: submit},
    ["cycle", "code"].map((name) => field(name, t("panel." + name), inputs[name], t(`panel.${name}.hint`))), field("kind", t("panel.kind"), kind), field("room", t("panel.room"), inputs.room),
    field("chair", t("panel.office.chair"), inputs.chair, t("panel.login_hint")), field("members", t("panel.members"), members, t("panel.members.hint")), field("secretary", t("panel.office.secretary"), inputs.secretary, t("panel.login_hint")),
    field("committee", t("panel.committee"), committee, t("panel.committee.hint")), field("committee_size", t("panel.committee_size"), committee_size),
    h("fieldset", {class: "field", "data-field": "criteria", id: "criteria", tabindex: "-1"}, h("legend", {class: "label"}, t("panel.criteria")), h("p", {class: "hint"}, t("panel.criteria.hint")),
      h("div", {class: "criterion-row head", "aria-hidden": "true"}, ["title", "mark_max", "mark_step"].map((name) => h("span", {}, t("panel.criterion." + name)))), criteria, more, h("p", {class: "error", hidden: true})),
    field("roll_numbers", t("panel.candidates"), rolls, t("panel.candidates.hint")), h("button", {class: "primary", type: "submit"}, t("panel.make")));

  async function submit(event) {
    event.preventDefault();
    const rows = [...criteria.children].map((row) => Object.fromEntries([...row.querySelectorAll("input")].map((one) => [one.dataset.name, one.value.trim()]))).filter((row) => row.title);
    const body = {code: inputs.code.value.trim().toUpperCase(), kind: kind.value, room: inputs.room.value.trim(), chair: inputs.chair.value.trim(), secretary: inputs.secretary.value.trim(),
      members: lines(members.value), criteria: rows};
    if (lines(rolls.value).length) body.roll_numbers = lines(rolls.value);
    if (lines(committee.value).length) body.committee = lines(committee.value);
    if (committee_size.value !== "") body.committee_size = Number(committee_size.value);
    try {
      const answer = await api("POST", `/cycles/${encodeURIComponent(inputs.cycle.value.trim().toUpperCase())}/panels`, body);
      if (answer.ok) {
        toast(t("panel.made", {count: answer.data.candidates}));
        return void (location.hash = "#/panels/" + answer.data.panel_id);
      }
      const errors = answer.problem?.errors ? errorsOf(answer.problem) : {};
      const shown = Object.fromEntries(Object.entries(errors).map(([path, words]) => [path.replace(/[[.].*/, ""), words]));
      showErrors(form, Object.keys(shown).length ? shown : {[fieldOf(answer.problem, body)]: problemText(answer)});
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      showErrors(form, {cycle: t("problem.network")});
    }
  }
  page(t("panel.new"), h("p", {}, h("a", {href: "#/panels"}, "← " + t("panel.list"))), h("h1", {}, t("panel.new")), form);
}
