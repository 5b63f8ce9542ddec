// browser.js: Safe Exam Browser of the shift: what is asked for, the expected keys, the configuration as a file.

import {h, fill} from "/assets/shared/dom.js";
import {t, formatDateTime} from "/assets/shared/i18n.js";
import {field} from "/assets/shared/form.js";
import {api} from "/assets/shared/api.js";
import {act, may} from "/assets/staff/app.js";

export function sebCard(view) {
  const box = h("div", {}), path = `/shifts/${view.room.shift_id}/seb`;

  async function file(profile, password) {
    const answer = await fetch(`/api/v1${path}-config`, {method: "POST", headers: {"X-Khoacu": "1", "Content-Type": "application/json"}, credentials: "same-origin", body: JSON.stringify({profile, ...(password ? {password} : {})})});
    if (!answer.ok) return;
    const link = h("a", {href: URL.createObjectURL(await answer.blob()), download: `${view.room.cycle}-${view.room.shift}-${profile}.seb`});
    link.click();
    URL.revokeObjectURL(link.href);
  }

  async function load() {
    const answer = await api("GET", path).catch(() => ({ok: false}));
    if (!answer.ok) return;
    const set = answer.data, mode = h("select", {}, ["off", "flag", "refuse"].map((name) => h("option", {value: name, selected: name === set.mode}, t("hall.seb_mode." + name))));
    const keys = h("textarea", {rows: "2", spellcheck: "false"}), quit = h("input", {type: "password", autocomplete: "new-password", maxlength: "100"});
    const profile = h("select", {}, ["standard", "screen_reader"].map((name) => h("option", {value: name}, t("hall.seb_profile." + name)))), password = h("input", {type: "password", autocomplete: "new-password", maxlength: "100"});
    keys.value = set.browser_exam_keys.join("\n");
    const save = async (event) => {
      event.preventDefault();
      const body = {mode: mode.value, browser_exam_keys: keys.value.split(/\s+/).filter(Boolean), ...(quit.value ? {quit_password: quit.value} : {keep_quit_password: true})};
      if (await act("PUT", path, body) !== null) await view.done(t("hall.seb_saved")), await load();
    };
    fill(box, h("p", {}, h("strong", {}, t("hall.seb_mode." + set.mode)), set.set_by ? ` · ${set.set_by}, ${formatDateTime(set.set_at)}` : ""),
      h("dl", {class: "facts hash"}, h("dt", {}, t("hall.seb_address")), h("dd", {}, set.origin), h("dt", {}, t("hall.seb_profile.standard")), h("dd", {}, set.config_keys.standard), h("dt", {}, t("hall.seb_profile.screen_reader")), h("dd", {}, set.config_keys.screen_reader)),
      may("cycle-write") ? [h("form", {novalidate: true, onsubmit: save}, field("seb-mode", t("hall.seb_mode"), mode), field("seb-keys", t("hall.seb_keys"), keys, t("hall.seb_keys_hint")), field("seb-quit", t("hall.seb_quit"), quit, t(set.quit_password ? "hall.seb_quit_kept" : "hall.seb_quit_none")),
        h("button", {type: "submit"}, t("hall.save"))), h("h3", {}, t("hall.seb_file")), field("seb-profile", t("hall.seb_which"), profile), field("seb-password", t("hall.seb_password"), password, t("hall.seb_password_hint")),
      h("button", {type: "button", onclick: () => file(profile.value, password.value)}, t("hall.seb_get"))] : null);
  }
  return h("details", {class: "card no-print", ontoggle: (event) => { if (event.target.open && !box.firstChild) void load(); }}, h("summary", {}, "Safe Exam Browser"), h("p", {}, t("hall.seb_text")), box);
}
