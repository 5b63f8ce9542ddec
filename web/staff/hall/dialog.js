// dialog.js: the dialogs of a hall: fields, a reason, one button that acts.

import {h} from "/assets/shared/dom.js";
import {t} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {field, showErrors} from "/assets/shared/form.js";

/** Sends what a form says; a refusal stands at its field (`places`: {member: id of its field}) or on top, and gives null. */
export async function sendForm(form, method, path, body, places = {}) {
  try {
    const answer = await api(method, path, body);
    if (answer.ok) return answer.data ?? true;
    const label = (id) => form.querySelector(`label[for="${id}"]`)?.textContent ?? "";
    showErrors(form, answer.problem?.errors ? Object.fromEntries(answer.problem.errors.map((error) => { const id = places[error.path] ?? ""; return [id, t("rule." + error.rule, {...error, field: label(id) || error.path})]; })) : {"": problemText(answer)});
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    showErrors(form, {"": t("problem.network")});
  }
  return null;
}

/** A dialog with fields; `send(values)` gives the answer of the interface, or null to stay. Resolves with it, or null. */
export function formDialog(title, fields, confirm, send, look = "primary") {
  return new Promise((resolve) => {
    let result = null;
    const form = h("form", {novalidate: true, onsubmit: async (event) => {
      event.preventDefault();
      showErrors(form, {});
      const button = form.querySelector("button[type=submit]");
      button.disabled = true;
      const sent = await send(form);
      button.disabled = false;
      result = sent === null ? null : sent || true; // an answer without a body is an answer too
      if (result) dialog.close();
    }}, fields, h("div", {class: "row end"}, h("button", {type: "button", onclick: () => dialog.close()}, t("cancel")), h("button", {type: "submit", class: look}, confirm)));
    const dialog = h("dialog", {"aria-labelledby": "hall-dialog", class: "hall-dialog"}, h("h2", {id: "hall-dialog"}, title), form);
    dialog.addEventListener("close", () => { dialog.remove(); resolve(result); });
    document.body.append(dialog);
    dialog.showModal();
  });
}
export const words = (form, name) => form.querySelector(`[name="${name}"]`).value.trim();
export const missing = (form, name, label) => (words(form, name) ? false : (showErrors(form, {[name]: t("rule.required", {field: label})}), true));
export const reasonField = () => field("hall-reason", t("reason"), h("textarea", {rows: "3", maxlength: "2000"}));
