// accounts.js: who works here, with which roles; an administrator sets a forgotten password again, disables and enables.

import {h, ask, toast} from "/assets/shared/dom.js";
import {t, formatDate} from "/assets/shared/i18n.js";
import {pagedTable} from "/assets/shared/table.js";
import {page, act, whoAmI} from "/assets/staff/app.js";

/** Asks for a reason; null when there is none. */
async function reasonFor(title, text) {
  const reason = h("textarea", {rows: "3", maxlength: "2000", "aria-label": t("reason")});
  const answer = await ask(title, h("div", {class: "stack"}, h("p", {}, text), h("label", {}, t("reason"), reason)), [{value: "", text: t("cancel")}, {value: "yes", text: t("confirm"), class: "primary"}]);
  if (answer !== "yes") return null;
  if (!reason.value.trim()) toast(t("reason.missing"));
  return reason.value.trim() || null;
}

/** This and the next give whether the server was asked: else the list stays as it is under the hand. */
async function resetPassword(staff) {
  const reason = await reasonFor(t("staff.reset_of", {name: staff.full_name}), t("staff.reset_text"));
  if (!reason) return false;
  const made = await act("POST", `/staff/${staff.id}/password-reset`, {reason}, {timeout_ms: 60000});
  if (made) await ask(t("staff.reset_done", {name: staff.full_name}), h("div", {class: "stack"}, h("p", {}, t("import.secrets")),
    h("dl", {class: "facts"}, h("dt", {}, t("sign_in.name")), h("dd", {}, made.login_name), h("dt", {}, t("sign_in.password")), h("dd", {}, h("code", {}, made.password)))), [{value: "", text: t("close"), class: "primary"}]);
  return true;
}

async function switchState(staff) {
  const disables = staff.state === "active", what = disables ? "disable" : "enable";
  const reason = await reasonFor(t(`staff.${what}_of`, {name: staff.full_name}), t(`staff.${what}_text`));
  if (!reason) return false;
  await act("PUT", `/staff/${staff.id}/state`, {state: disables ? "disabled" : "active", reason});
  return true;
}

const stateOf = (s) => h("span", {class: "tag " + (s.state === "active" ? "plain" : "stop")}, t("staff.state." + s.state));

export function staffListView() {
  const acts = (s) => (s.id === whoAmI().id ? null : h("div", {class: "row"},
    h("button", {type: "button", "aria-label": t("staff.reset_of", {name: s.full_name}), onclick: async () => { if (await resetPassword(s)) table.reload(); }}, t("staff.reset")),
    h("button", {type: "button", class: s.state === "active" ? "danger" : null, "aria-label": t(s.state === "active" ? "staff.disable_of" : "staff.enable_of", {name: s.full_name}), onclick: async () => { if (await switchState(s)) table.reload(); }}, t(s.state === "active" ? "staff.disable" : "staff.enable"))));
  const table = pagedTable(t("staff.title"), [{title: t("sign_in.name"), value: (s) => s.login_name}, {title: t("column.name"), value: (s) => s.full_name}, {title: t("staff.unit"), value: (s) => s.unit}, {title: t("staff.roles"), value: (s) => s.roles.map((role) => t("role." + role)).join(", ")},
    {title: t("staff.state"), value: (s) => [stateOf(s), s.password_reset ? h("div", {class: "muted"}, t("staff.password_reset")) : null]}, {title: t("staff.created"), value: (s) => formatDate(s.created_at)}, {title: t("staff.acts"), value: acts}], () => "/staff");
  page(t("staff.title"), h("div", {class: "row between"}, h("h1", {}, t("staff.title")), h("a", {class: "button primary", href: "#/import/officers"}, t("staff.import"))), h("p", {}, t("staff.text")), table);
}
