// account.js: sign in, and one's own password.

import {h, toast} from "/assets/shared/dom.js";
import {t} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {field, showErrors, errorsOf} from "/assets/shared/form.js";
import {page, start, whoAmI} from "/assets/staff/app.js";

export function signInView() {
  const name = h("input", {type: "text", autocomplete: "username", spellcheck: "false", autocapitalize: "none"});
  const password = h("input", {type: "password", autocomplete: "current-password"});
  const button = h("button", {class: "primary", type: "submit"}, t("sign_in.do"));
  const form = h("form", {class: "card", novalidate: true, onsubmit: submit}, field("login_name", t("sign_in.name"), name), field("password", t("sign_in.password"), password), button);

  async function submit(event) {
    event.preventDefault();
    const errors = {};
    if (!name.value.trim()) errors.login_name = t("rule.required", {field: t("sign_in.name")});
    if (!password.value) errors.password = t("rule.required", {field: t("sign_in.password")});
    showErrors(form, errors);
    if (Object.keys(errors).length > 0) return;
    button.disabled = true;
    try {
      const answer = await api("POST", "/logins", {login_name: name.value.trim(), password: password.value}, {timeout_ms: 60000});
      if (answer.ok) return await start();
      showErrors(form, {login_name: problemText(answer)}, t("sign_in.refused"));
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      showErrors(form, {login_name: t("problem.network")}, t("sign_in.refused"));
    } finally {
      button.disabled = false;
    }
  }
  page(t("sign_in.title"), h("div", {class: "sign-in"}, h("h1", {}, t("sign_in.title")), form));
}

export function passwordView() {
  const me = whoAmI();
  const old = h("input", {type: "password", autocomplete: "current-password"}), next = h("input", {type: "password", autocomplete: "new-password"});
  const form = h("form", {class: "card", novalidate: true, onsubmit: submit}, field("old_password", t("password.old"), old), field("new_password", t("password.new"), next, t("password.hint")), h("button", {class: "primary", type: "submit"}, t("password.do")));
  async function submit(event) {
    event.preventDefault();
    const answer = await api("PUT", "/staff/current/password", {old_password: old.value, new_password: next.value}, {timeout_ms: 60000}).catch(() => null);
    if (answer?.ok) {
      toast(t("password.done"));
      if (me.password_reset) return start();
      form.reset();
      return showErrors(form, {});
    }
    showErrors(form, answer?.problem?.errors ? errorsOf(answer.problem) : {old_password: answer ? problemText(answer) : t("problem.network")});
  }
  page(t("password.title"), h("h1", {}, me.full_name), me.password_reset ? h("div", {class: "banner warn", role: "status"}, t("password.reset")) : null, h("dl", {class: "facts"}, h("dt", {}, t("sign_in.name")), h("dd", {}, me.login_name), h("dt", {}, t("staff.roles")), h("dd", {}, me.roles.map((role) => t("role." + role)).join(", "))),
    h("h2", {}, t("password.title")), form);
}
