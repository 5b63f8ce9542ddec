// dialog.js: an act that is confirmed: what it means, the reason, where it binds the password; open until it is done or given up.

import {h, fill} from "/assets/shared/dom.js";
import {t, has} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {field, showErrors, errorsOf} from "/assets/shared/form.js";

/** The words of the act for what refused it, then those of this folder, then anybody's. */
const textOf = (answer, words) => [words, "release.problem."].map((start) => start + answer.problem?.code).filter(has).map((key) => t(key))[0] ?? problemText(answer);

/**
 * Asks and acts. `path` takes the body {reason, password?, …fields}; `fields` is [{name, label, control, hint, value()}];
 * `problems`: beginning of the keys that explain a refusal of this act.
 * Resolves with the answer's data (or true) when it was accepted, null when it was given up.
 */
export function actDialog({title, text, path, body = {}, fields = [], reason = true, reasonHint = null, password = false, button, danger = false, problems = "release.problem."}) {
  return new Promise((resolve) => {
    const id = "act-" + Math.random().toString(36).slice(2), said = h("div", {"aria-live": "polite"});
    const why = h("textarea", {rows: "3", maxlength: "2000"}), secret = h("input", {type: "password", autocomplete: "current-password"});
    const go = h("button", {type: "submit", class: danger ? "danger" : "primary"}, button);
    let result = null;
    const form = h("form", {class: "stack", novalidate: true, onsubmit: submit}, h("h2", {id}, title), text ? h("p", {}, text) : null,
      fields.map((f) => field(f.name, f.label, f.control, f.hint)), reason ? field("reason", t("reason"), why, reasonHint) : null,
      password ? field("password", t("release.password"), secret, t("release.password_hint")) : null, said,
      h("div", {class: "row end"}, h("button", {type: "button", onclick: () => dialog.close()}, t("cancel")), go));
    const dialog = h("dialog", {"aria-labelledby": id}, form);

    async function submit(event) {
      event.preventDefault();
      const errors = {};
      if (reason && !why.value.trim()) errors.reason = t("rule.required", {field: t("reason")});
      if (password && !secret.value) errors.password = t("rule.required", {field: t("release.password")});
      for (const f of fields) if (f.required && !f.value() && f.value() !== 0) errors[f.name] = t("rule.required", {field: f.label});
      showErrors(form, errors);
      fill(said);
      if (Object.keys(errors).length) return;
      const whole = {...body, ...Object.fromEntries(fields.map((f) => [f.name, f.value()])), ...(reason ? {reason: why.value.trim()} : {}), ...(password ? {password: secret.value} : {})};
      go.disabled = true;
      try {
        const answer = await api("POST", path, whole);
        if (answer.ok) {
          result = answer.data || true;
          return void dialog.close();
        }
        if (answer.problem?.code === "invalid") showErrors(form, errorsOf(answer.problem));
        else if (answer.problem?.code === "wrong-password") showErrors(form, {password: t("release.problem.wrong-password")});
        else fill(said, h("div", {class: "banner warn", role: "alert"}, textOf(answer, problems)));
      } catch (error) {
        if (!(error instanceof NetworkError)) throw error;
        fill(said, h("div", {class: "banner warn", role: "alert"}, t("problem.network")));
      } finally {
        go.disabled = false;
      }
    }
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(result);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
