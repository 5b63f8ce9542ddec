// aids.js: what lies beside the paper: notes that stay on this computer, the calculator where it is allowed, striking out options, keys.

import {h} from "/assets/shared/dom.js";
import {t} from "/assets/shared/i18n.js";
import {calculator} from "/assets/candidate/calculator.js";
import {keepThing, keptThing} from "/assets/candidate/store.js";

const KEYS = "khoacu.keys", NOTES_MAX = 20000, REST_MS = 800;
export const keysOn = () => localStorage.getItem(KEYS) !== "off";

function notes(sitting) {
  const pad = h("textarea", {id: "notes", rows: "8", maxlength: String(NOTES_MAX), spellcheck: "false", autocomplete: "off", "aria-describedby": "notes-hint"});
  let timer = 0;
  const keep = () => { clearTimeout(timer); keepThing(sitting, "notes", pad.value).catch(() => {}); };
  pad.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, REST_MS); });
  pad.addEventListener("blur", keep);
  keptThing(sitting, "notes").then((text) => { if (text && !pad.value) pad.value = text; }, () => {});
  return h("details", {}, h("summary", {}, t("aids.notes")), h("label", {for: "notes", class: "visually-hidden"}, t("aids.notes")), pad, h("p", {class: "muted", id: "notes-hint"}, t("aids.notes_hint")));
}
const tick = (text, on, changed) => { const box = h("input", {type: "checkbox", checked: on, onchange: () => changed(box.checked)}); return h("label", {class: "tick"}, box, h("span", {}, text)); };

/** `aids`: what the sitting allows; `strikes(on)`: whether options can be struck out. */
export function aidsCard(sitting, aids, strikes) {
  return [notes(sitting), aids?.calculator ? h("details", {}, h("summary", {}, t("aids.calculator")), calculator()) : null,
    tick(t("aids.strike"), false, strikes),
    tick(t("aids.keys"), keysOn(), (on) => localStorage.setItem(KEYS, on ? "on" : "off"))];
}
