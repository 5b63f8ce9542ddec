// frame.js: what the pages of the bank share: the line of places above them, choosing a bank, asking for a reason, undo.

import {h, ask, toast} from "/assets/shared/dom.js";
import {t} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {showErrors, field} from "/assets/shared/form.js";
import {page, may, act} from "/assets/staff/app.js";

const PLACES = [["#/items", "items", "bank-read"], ["#/review", "review", "bank-review"], ["#/bank-import", "import", "bank-write"], ["#/bank-export", "export", "bank-read"],
  ["#/blueprints", "blueprints", "bank-read"], ["#/forms", "forms", "form-seal"], ["#/banks", "banks", "bank-read"]];

/** Shows a page of the bank with the line of places on top; `place` is the one we are in. */
export function bankPage(place, title, ...content) {
  page(title, h("nav", {class: "subnav no-print", "aria-label": t("bank.places")}, PLACES.filter(([, , permission]) => may(permission)).map(([href, name]) =>
    h("a", {href, "aria-current": name === place ? "page" : null}, t("bank.place." + name)))), content);
}

let banks = null;
/** The banks in which this person has a right; read once until one is changed. */
export async function readBanks(anew = false) {
  if (banks && !anew) return banks;
  const answer = await act("GET", "/banks");
  banks = answer ? answer.items ?? answer : [];
  return banks;
}
export const bankOptions = (list, chosen, all) => [all ? h("option", {value: ""}, all) : null, list.map((bank) => h("option", {value: bank.code, selected: bank.code === chosen}, bank.name && bank.name !== bank.code ? `${bank.code} · ${bank.name}` : bank.code))];
export const mayIn = (bank, right) => !bank?.rights || bank.rights.includes(right) || bank.rights.includes("owner");

const CHOICE = "khoacu.bank";
export const lastBank = (list) => (list.some((bank) => bank.code === localStorage.getItem(CHOICE)) ? localStorage.getItem(CHOICE) : list[0]?.code ?? "");
export const keepBank = (code) => localStorage.setItem(CHOICE, code);

/** A dialog with a text of one's own; gives the text, or null when it was left. `needed`: it must not be empty. */
export async function askText(title, body, label, {needed = true, confirm = t("confirm"), hint = null, look = "primary", rows = "3"} = {}) {
  const input = h("textarea", {rows, maxlength: "4000"});
  return new Promise((resolve) => {
    let value = null;
    const form = h("form", {novalidate: true, onsubmit: (event) => {
      event.preventDefault();
      if (needed && !input.value.trim()) return showErrors(form, {"ask-text": t("rule.required", {field: label})}, title);
      value = input.value.trim();
      dialog.close();
    }}, body, field("ask-text", label, input, hint), h("div", {class: "row end"}, h("button", {type: "button", onclick: () => dialog.close()}, t("cancel")), h("button", {type: "submit", class: look}, confirm)));
    const dialog = h("dialog", {"aria-labelledby": "ask-text-title"}, h("h2", {id: "ask-text-title"}, title), form);
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(value);
    });
    document.body.append(dialog);
    dialog.showModal();
    input.focus();
  });
}

export const sure = async (title, body, confirm, look = "primary") => (await ask(title, body, [{value: "", text: t("cancel")}, {value: "yes", text: confirm, class: look}])) === "yes";

/** Sends; a refusal is shown in `form` at its fields, by `place(path)`, unless `refused(problem)` takes it. Gives the answer's data, or null. */
export async function send(method, path, body, form, place = (name) => name, {refused = null, ...options} = {}) {
  let answer = null;
  try {
    answer = await api(method, path, body, options);
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
  }
  if (answer?.ok) {
    showErrors(form, {});
    return answer.data ?? true;
  }
  if (answer && refused?.(answer.problem)) return showErrors(form, {}), null;
  const errors = {};
  for (const error of answer?.problem?.errors ?? []) errors[place(error.path)] = faultText(error);
  showErrors(form, Object.keys(errors).length ? errors : {"": answer ? problemText(answer) : t("problem.network")});
  return null;
}

/** One fault of the interface in words: the rule, and what to do. */
export function faultText(fault) {
  const name = t("fault." + fault.rule, fault);
  const text = name.startsWith("fault.") ? t("rule." + fault.rule, {...fault, field: ""}).replace(/^:\s*/, "") : name;
  return text.startsWith("rule.") ? `${fault.path}: ${fault.rule}` : text;
}

/** Done, and for some seconds to be undone. */
export function toastUndo(text, undo) {
  toast(text, {label: t("undo"), run: undo, seconds: 15});
}

/** Hands a text or blob to the browser as a file. */
export function saveFile(name, content, type) {
  const link = h("a", {href: URL.createObjectURL(content instanceof Blob ? content : new Blob([content], {type})), download: name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
/** One cell of a CSV for spreadsheets: quoted, and never a formula. */
export const csvCell = (value) => `"${String(value ?? "").replace(/"/g, '""').replace(/^[=+\-@\t]/, "'$&")}"`;

let kept = null;
/** Whoever holds unsaved text ({dirty, form, close()}) is asked before another page is shown. */
export const keepSafe = (editor) => { kept = editor; };
/** False keeps the person where she is. */
export async function mayLeave() {
  if (!kept?.dirty || !kept.form.isConnected) return true;
  const go = await sure(t("editor.leave"), h("p", {}, t("editor.leave_text")), t("editor.leave_do"), "danger");
  if (go) kept.close();
  return go;
}
