// mark.js: a member's marks of one candidate. Until she declares them final they are on this device alone.

import {h, fill, ask, toast} from "/assets/shared/dom.js";
import {t, currentLanguage, formatMark, formatTime} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {field, showErrors} from "/assets/shared/form.js";
import {whoAmI} from "/assets/staff/app.js";

const MARKABLE = ["called", "preparation", "presentation", "questions", "marking"];
const hundredths = (text) => {
  const found = /^(\d{1,3})(?:[.,](\d{1,2}))?$/.exec(text);
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : NaN;
};
const plain = (value) => `${Math.floor(value / 100)}.${String(value % 100).padStart(2, "0")}`;
const store = (hearing) => `khoacu.panel.${whoAmI().login_name}.${hearing.hearing_id}`;

function draft(hearing) {
  try {
    return JSON.parse(localStorage.getItem(store(hearing))) ?? [];
  } catch {
    return [];
  }
}

function fault(text, criterion) {
  const value = hundredths(text), max = hundredths(criterion.mark_max), step = hundredths(criterion.mark_step);
  if (!text) return t("panel.mark.missing");
  if (!Number.isFinite(value)) return t("panel.mark.form", {example: currentLanguage() === "vi" ? "8,5" : "8.5"});
  if (value > max) return t("panel.mark.over", {max: formatMark(criterion.mark_max)});
  return value % step === 0 ? null : t("panel.mark.step", {step: formatMark(criterion.mark_step)});
}

/** The hearing that this member should mark now, or that she is hearing; null: none. */
export function markable(sheet) {
  const mine = (one) => one.markers.find((m) => m.login_name === whoAmI().login_name);
  const waits = sheet.hearings.filter((one) => MARKABLE.includes(one.state) && mine(one) && !mine(one).final_at);
  return ["marking", "questions", "presentation", "preparation", "called"].map((state) => waits.find((one) => one.state === state)).find(Boolean) ?? null;
}

/** The card with a field for each criterion. It lives as long as the member is on this hearing; `update` follows the phase. */
export function markCard(sheet, hearing, refresh) {
  const kept = draft(hearing), total = h("output", {class: "figure"});
  const inputs = sheet.criteria.map((criterion, i) => h("input", {type: "text", class: "mark", inputmode: "decimal", autocomplete: "off", enterkeyhint: "next", value: kept[i] ?? ""}));
  const values = () => inputs.map((input) => input.value.trim());
  const send = h("button", {class: "primary", type: "submit"}, t("panel.mark.final"));
  const phase = h("p", {role: "status"});
  const form = h("form", {novalidate: true, onsubmit: (event) => { event.preventDefault(); void submit(); }},
    h("div", {class: "mark-fields"}, sheet.criteria.map((criterion, i) => field("mark-" + i, `${i + 1}. ${criterion.title}`, inputs[i], t("panel.mark.hint", {max: formatMark(criterion.mark_max), step: formatMark(criterion.mark_step)})))),
    h("p", {class: "row between"}, h("strong", {}, t("panel.total")), total), h("p", {class: "muted"}, t("panel.mark.private")), send);

  function count() {
    const all = values().map(hundredths);
    total.textContent = all.every(Number.isFinite) ? formatMark(plain(all.reduce((sum, one) => sum + one, 0))) : "–";
  }
  form.addEventListener("input", () => {
    localStorage.setItem(store(hearing), JSON.stringify(values()));
    count();
  });
  form.addEventListener("keydown", (event) => {
    const at = inputs.indexOf(event.target);
    if (event.isComposing || at < 0 || event.key !== "Enter" || event.ctrlKey || at + 1 === inputs.length) return;
    event.preventDefault();
    inputs[at + 1].focus();
    inputs[at + 1].select();
  });

  async function submit() {
    const errors = {};
    values().forEach((text, i) => { const wrong = fault(text, sheet.criteria[i]); if (wrong) errors["mark-" + i] = wrong; });
    showErrors(form, errors);
    if (Object.keys(errors).length) return form.querySelector("[aria-invalid=true]").focus();
    const sure = await ask(t("panel.mark.final"), h("p", {}, t("panel.mark.sure", {name: hearing.full_name, total: total.textContent})), [{value: "", text: t("cancel")}, {value: "yes", text: t("panel.mark.send"), class: "primary"}]);
    if (sure !== "yes") return;
    try {
      const answer = await api("PUT", `/hearings/${hearing.hearing_id}/marks`, {values: values().map((text) => plain(hundredths(text)))});
      if (!answer.ok) return showErrors(form, {"mark-0": problemText(answer)});
      localStorage.removeItem(store(hearing));
      toast(t("panel.mark.sent"));
      await refresh();
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      showErrors(form, {"mark-0": t("panel.mark.network")});
    }
  }
  const card = h("section", {class: "card mark-panel", "aria-label": t("panel.marking")}, h("h2", {}, hearing.full_name), h("p", {class: "muted"}, `${t("panel.number", {place: hearing.place})} · ${hearing.roll_number} · ${hearing.post}`), phase, form);
  count();
  return {card, hearing_id: hearing.hearing_id, update: (now) => {
    send.disabled = now.state !== "marking";
    fill(phase, send.disabled ? t("panel.mark.wait", {phase: t("panel.hearing." + now.state)}) : t("panel.mark.now"));
  }};
}

/** What a member sees between two candidates. */
export function markedNote(sheet) {
  const done = sheet.hearings.flatMap((one) => one.markers.filter((m) => m.login_name === whoAmI().login_name && m.final_at).map((m) => [one, m])).sort((a, b) => a[1].final_at.localeCompare(b[1].final_at)).at(-1);
  return h("section", {class: "card"}, h("p", {}, done ? t("panel.mark.done", {name: done[0].full_name, time: formatTime(done[1].final_at)}) : t("panel.mark.none")));
}
