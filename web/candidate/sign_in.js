// sign_in.js: roll number and access code; nothing else is asked, pasting is allowed.

import {h, showView} from "/assets/shared/dom.js";
import {t} from "/assets/shared/i18n.js";
import {api, problemText} from "/assets/shared/api.js";
import {clockSample} from "/assets/shared/clock.js";
import {field, showErrors} from "/assets/shared/form.js";

export function signInView(root, frame, route) {
  const roll = h("input", {type: "text", class: "code", autocomplete: "username", spellcheck: "false", autocapitalize: "characters"});
  const code = h("input", {type: "text", class: "code", autocomplete: "off", spellcheck: "false", autocapitalize: "characters", placeholder: "XXXX-XXXX-XXXX-XXXX"});
  const button = h("button", {class: "primary", type: "submit"}, t("sign_in.do"));
  const form = h("form", {class: "card", novalidate: true, onsubmit: submit},
    field("roll_number", t("sign_in.roll"), roll, t("sign_in.roll_hint")),
    field("access_code", t("sign_in.code"), code, t("sign_in.code_hint")), button);

  async function submit(event) {
    event.preventDefault();
    const errors = {};
    if (!roll.value.trim()) errors.roll_number = t("sign_in.roll_missing");
    if (code.value.replace(/[\s-]/g, "").length !== 16) errors.access_code = t("sign_in.code_wrong_length");
    showErrors(form, errors);
    if (Object.keys(errors).length > 0) return;
    button.disabled = true;
    try {
      const sent_ms = performance.now();
      const answer = await api("POST", "/candidate-logins", {roll_number: roll.value.trim().toUpperCase(), access_code: code.value.trim()});
      if (answer.ok) {
        clockSample(answer.data.server_now, sent_ms);
        return await route();
      }
      showErrors(form, {roll_number: problemText(answer)}, t("sign_in.refused"));
    } catch {
      showErrors(form, {"": t("problem.network")}, t("sign_in.refused"));
    } finally {
      button.disabled = false;
    }
  }

  showView(root, t("sign_in.title"), frame(h("main", {class: "narrow"}, h("h1", {}, t("sign_in.title")), h("p", {}, t("sign_in.text")), form, h("p", {}, h("a", {href: "#practice", onclick: () => setTimeout(route)}, t("practice_paper.go"))))));
}
