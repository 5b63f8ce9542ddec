// dialogs.js: what the examiner's screen asks: a remark, a report, whether marks are final, and which keys there are.

import {h, ask} from "/assets/shared/dom.js";
import {t} from "/assets/shared/i18n.js";
import {field, showErrors} from "/assets/shared/form.js";

const KEYS = "khoacu.marking.keys", ARTICLES = ["two_scripts", "two_hands", "two_inks", "foreign_paper", "sign", "other"];

/** Keys that are single letters can be switched off. */
export const keysOn = () => localStorage.getItem(KEYS) !== "off";

/** A dialog around a form; resolves with what `take()` gives, or null when it was left. */
function askForm(title, fields, confirm, take) {
  return new Promise((resolve) => {
    let value = null;
    const form = h("form", {novalidate: true, onsubmit: (event) => {
      event.preventDefault();
      value = take(form);
      if (value !== null) dialog.close();
    }}, fields, h("div", {class: "row end"}, h("button", {type: "button", onclick: () => dialog.close()}, t("cancel")), h("button", {type: "submit", class: "primary"}, confirm)));
    form.addEventListener("keydown", (event) => { if (event.ctrlKey && event.key === "Enter" && !event.isComposing) form.requestSubmit(); });
    const dialog = h("dialog", {"aria-labelledby": "desk-ask"}, h("h2", {id: "desk-ask"}, title), form);
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(value);
    });
    document.body.append(dialog);
    dialog.showModal();
    form.querySelector("textarea, select, input").focus();
  });
}

/** The words of a remark; "" takes an old one back. */
export function askRemark(old) {
  const words = h("textarea", {rows: "3", maxlength: "2000"});
  words.value = old;
  return askForm(t("desk.remark"), field("remark", t("desk.remark.words"), words, old ? t("desk.remark.empty") : t("desk.remark.hint")), t("desk.save"), () => words.value.trim().normalize("NFC"));
}

export function askReport() {
  const article = h("select", {}, ARTICLES.map((name) => h("option", {value: name}, t("desk.article." + name)))), reason = h("textarea", {rows: "4", maxlength: "2000"});
  return askForm(t("desk.report"), [h("p", {}, t("desk.report.what")), field("article", t("desk.report.article"), article), field("reason", t("desk.report.reason"), reason)], t("desk.report.send"), (form) => {
    if (reason.value.trim()) return {article: article.value, reason: reason.value.trim().normalize("NFC")};
    showErrors(form, {reason: t("rule.required", {field: t("desk.report.reason")})});
    return null;
  });
}

/** Why a script is handed back: {why, reason}, or null. */
export function askReturn(why, code) {
  const reason = h("textarea", {rows: "3", maxlength: "2000"});
  return askForm(t("desk.return." + why), [h("p", {}, t("desk.return.what." + why, {code})), field("return-reason", t("reason"), reason, t("desk.return.hint"))], t("desk.return." + why), (form) => {
    if (reason.value.trim()) return {why, reason: reason.value.trim().normalize("NFC")};
    showErrors(form, {"return-reason": t("rule.required", {field: t("reason")})});
    return null;
  });
}

export const sureFinal = async (count) => (await ask(t("desk.finals", {count}), h("p", {}, t("desk.finals.what", {count})), [{value: "yes", text: t("desk.finals", {count}), class: "primary"}, {value: "", text: t("cancel")}])) === "yes";

export function showKeys() {
  const rows = [["0–9 , .", "digits"], ["Enter", "enter"], ["Ctrl+Enter", "keep"], ["↑ ↓", "levels"], ["Alt+← Alt+→", "scripts"], ["PgUp PgDn", "scroll"], ["a", "remark"], ["n", "note"], ["r", "report"], ["c", "conflict"], ["b", "given_back"], ["u", "undo"], ["f", "final"], ["Esc", "back"], ["?", "keys"]];
  const on = h("input", {type: "checkbox", checked: keysOn(), onchange: () => localStorage.setItem(KEYS, on.checked ? "on" : "off")});
  return ask(t("desk.keys"), h("div", {}, h("dl", {class: "facts keys"}, rows.map(([key, name]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, t("desk.key." + name))])), h("p", {}, h("label", {}, on, " ", t("desk.keys_on")))), [{value: "", text: t("close"), class: "primary"}]);
}
