// derivation.js: every step of a result, one line each, figures aligned. Shared by the officer's and the public page.

import {h} from "/assets/shared/dom.js";
import {t, has, formatMark} from "/assets/shared/i18n.js";

const MARKS = new Set(["value", "bound", "max", "points", "raw", "priority", "total", "other"]);

function readable(step) {
  return Object.fromEntries(Object.entries(step).map(([name, value]) => {
    if (MARKS.has(name)) return [name, formatMark(value)];
    if (typeof value === "string" && has("component." + value)) return [name, t("component." + value)];
    return [name, value];
  }));
}

/** steps: [{step: "gate", …facts}]; the sentence and the figure of each stand in the catalogue. */
export function derivationList(steps) {
  return h("ol", {class: "derivation"}, (steps ?? []).map((step) => {
    const values = readable(step), name = step.verdict ? `${step.step}.${step.verdict}` : step.step;
    return h("li", {}, h("span", {}, has(`derivation.${name}`) ? t(`derivation.${name}`, values) : name),
      h("span", {}, has(`derivation.${step.step}.figure`) ? t(`derivation.${step.step}.figure`, values) : ""));
  }));
}
