// guide.js: the guide on the right: criteria one below the other, the current one open with a big field, levels by the arrows.
//
// A script without a guide has one criterion: the whole. Marks are whole hundredths here, never floats.

import {h, fill} from "/assets/shared/dom.js";
import {t, currentLanguage, formatMark} from "/assets/shared/i18n.js";

export const hundredths = (text) => {
  const match = /^(\d{1,3})(?:[.,](\d{1,2}))?$/.exec(text);
  return match ? Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0")) : null;
};
export const markText = (value) => `${Math.trunc(value / 100)}.${String(value % 100).padStart(2, "0")}`;
const shown = (value) => formatMark(markText(value)).replace(/[.,]00$/, "");
const words = (criterion) => (currentLanguage() === "en" ? criterion.title_en || criterion.title_vi : criterion.title_vi || criterion.title_en);
const levelWords = (level) => (currentLanguage() === "en" ? level.en || level.vi : level.vi || level.en);

/** The criteria of a script, with or without a guide. */
export function criteriaOf(script, rubric) {
  if (rubric) return rubric.criteria.map((c) => ({title: words(c), max: hundredths(c.mark_max), step: hundredths(c.mark_step), levels: c.levels.map((l) => ({value: hundredths(l.value), text: levelWords(l)}))}));
  return [{title: t("desk.whole"), max: hundredths(script.mark_max), step: hundredths(script.mark_step), levels: []}];
}

/** Why typed text is no mark of a criterion, or null. */
export function faultOf(text, criterion) {
  const value = hundredths(text);
  if (value === null) return t("mark.form", {example: currentLanguage() === "vi" ? "2,5" : "2.5"});
  if (value > criterion.max) return t("mark.over", {max: shown(criterion.max)});
  return value % criterion.step === 0 ? null : t("mark.step", {step: shown(criterion.step)});
}

export class Guide {
  /** `keep()` is called when the last criterion is entered; `change()` when a value changes. */
  constructor({keep, change}) {
    Object.assign(this, {keep, change, box: h("div", {class: "criteria"})});
  }

  show(criteria, values, locked) {
    Object.assign(this, {criteria, values: criteria.map((_, i) => values?.[i] ?? null), locked, at: 0});
    if (values && !locked) this.at = Math.max(0, this.values.indexOf(null));
    this.draw();
  }
  get total() {
    return this.values.reduce((sum, value) => sum + (value ?? 0), 0);
  }
  get complete() {
    return !this.values.includes(null);
  }

  draw(focus = true) {
    fill(this.box, this.criteria.map((criterion, i) => (i === this.at && !this.locked ? this.#open(criterion, i) : this.#closed(criterion, i))));
    if (focus) this.focus();
  }
  focus() {
    const input = this.box.querySelector("#value");
    input?.focus();
    input?.select();
  }

  #closed(criterion, i) {
    const value = this.values[i];
    return h("button", {type: "button", class: "criterion", disabled: this.locked, onclick: () => this.go(i)},
      h("span", {}, this.criteria.length > 1 ? `${i + 1}. ` : "", criterion.title), h("strong", {}, value === null ? "–" : shown(value), h("span", {class: "muted"}, " / " + shown(criterion.max))));
  }

  #open(criterion, i) {
    const value = this.values[i];
    this.input = h("input", {type: "text", class: "big", id: "value", inputmode: "decimal", autocomplete: "off", value: value === null ? "" : shown(value), "aria-describedby": "value-hint value-error", oninput: () => this.#typed()});
    const levels = criterion.levels.length ? h("ul", {class: "levels"}, criterion.levels.map((level) => h("li", {}, h("button", {type: "button", "aria-pressed": String(level.value === value), onclick: () => this.#set(level.value)},
      h("strong", {}, shown(level.value)), h("span", {}, level.text))))) : null;
    return h("section", {class: "criterion open", "data-field": "value"}, h("label", {for: "value"}, this.criteria.length > 1 ? `${i + 1}. ` : "", criterion.title), this.input,
      h("p", {class: "hint", id: "value-hint"}, t("desk.scale", {max: shown(criterion.max), step: shown(criterion.step)})), h("p", {class: "error", id: "value-error", hidden: true}), levels);
  }

  /** What was typed before the field was there. */
  type(text) {
    if (!text || this.locked) return;
    this.input.value = text;
    this.#typed();
  }
  #typed() {
    this.#fault(null);
    const text = this.input.value.trim();
    this.values[this.at] = faultOf(text, this.criteria[this.at]) ? null : hundredths(text);
    this.#press();
    this.change();
  }
  #set(value) {
    this.values[this.at] = value;
    this.input.value = shown(value);
    this.#fault(null);
    this.#press();
    this.change();
    this.focus();
  }
  #press() {
    this.box.querySelectorAll(".levels button").forEach((button, i) => button.setAttribute("aria-pressed", String(this.criteria[this.at].levels[i].value === this.values[this.at])));
  }
  #fault(text) {
    const line = this.box.querySelector("#value-error");
    this.box.querySelector(".open").classList.toggle("invalid", Boolean(text));
    line.hidden = !text;
    line.textContent = text ?? "";
    this.input.setAttribute("aria-invalid", text ? "true" : "false");
  }

  go(i) {
    this.at = i;
    this.draw();
  }
  /** False: what stands in the field is no mark; it says why and stays. */
  check() {
    if (this.locked) return true;
    const fault = faultOf(this.input.value.trim(), this.criteria[this.at]);
    this.#fault(fault);
    if (fault) this.focus();
    return !fault;
  }
  /** The next criterion; behind the last one, keeping. */
  next() {
    if (!this.check()) return;
    const empty = this.values.indexOf(null);
    if (this.at + 1 < this.criteria.length) this.go(this.at + 1);
    else if (empty >= 0) this.go(empty);
    else this.keep();
  }
  previous() {
    if (this.at > 0) this.go(this.at - 1);
  }
  /** One level, or one step, up or down. */
  step(direction) {
    const criterion = this.criteria[this.at], value = this.values[this.at];
    if (criterion.levels.length) {
      const sorted = criterion.levels.map((l) => l.value).sort((a, b) => a - b);
      const found = direction > 0 ? sorted.find((x) => value === null || x > value) : sorted.reverse().find((x) => value === null || x < value);
      if (found !== undefined) this.#set(found);
    } else this.#set(Math.max(0, Math.min(criterion.max, (value ?? 0) + direction * criterion.step)));
  }
}
