// derivation.js: every step of a result, one line each, figures aligned. Shared by the officer's and the public page.

import {h} from "/assets/shared/dom.js";
import {t, has, formatMark, currentLanguage} from "/assets/shared/i18n.js";

const MARKS = new Set(["value", "bound", "max", "points", "raw", "priority", "total", "own", "low", "high", "whole", "cap", "to", "sum", "gap"]);

/** "36.00 + 24.00" as the language writes its numbers. */
const terms = (text) => (currentLanguage() === "vi" ? text.replace(/(\d)\.(\d)/g, "$1,$2") : text);

function readable(step) {
  const title = step["title_" + currentLanguage()];
  return Object.fromEntries(Object.entries(step).map(([name, value]) => {
    if (MARKS.has(name)) return [name, formatMark(value)]; // counts are texts without a point and stay what they are
    if (name === "terms") return [name, terms(value)];
    if (name === "op") return [name, t("op." + value)];
    if (title && (name === "group" || (name === "component" && !step.group))) return [name, title];
    if (name !== "title" && typeof value === "string" && has("component." + value)) return [name, t("component." + value)];
    return [name, value];
  }));
}

/** The figure of a step, when every fact that it names is there. */
function figure(step, values) {
  const key = `derivation.${step.step}.figure`;
  const needed = {part: "value", tie: "value", seat: "agency"}[step.step];
  return has(key) && !(needed && (values[needed] ?? "–") === "–") ? t(key, values) : "";
}

/** steps: [{step: "gate", verdict: "passed", …facts}]; the sentence and the figure of each stand in the catalogue. */
export function derivationList(steps) {
  return h("ol", {class: "derivation"}, (steps ?? []).map((step) => {
    const values = readable(step), plain = step.verdict ? `${step.step}.${step.verdict}` : step.step, name = step.with && has(`derivation.${plain}_with`) ? plain + "_with" : plain;
    return h("li", {}, h("span", {}, has(`derivation.${name}`) ? t(`derivation.${name}`, values) : name),
      h("span", {}, figure(step, values)));
  }));
}
