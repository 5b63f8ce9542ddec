// shift_form.js: the dialog that schedules a shift and seats the candidates who have no seat yet.

import {h, toast} from "/assets/shared/dom.js";
import {t, formatNumber} from "/assets/shared/i18n.js";
import {field, showErrors} from "/assets/shared/form.js";
import {act} from "/assets/staff/app.js";

const local = (ms) => new Date(ms - new Date(ms).getTimezoneOffset() * 60000).toISOString().slice(0, 16);

export function shiftForm(cycle, done) {
  const forms = cycle.progress.forms ?? [];
  if (forms.length === 0) return toast(t("shift.no_form"));
  const form_id = h("select", {}, forms.map((form) => h("option", {value: form.id}, `${form.code} (${form.item_count})`)));
  const clock = h("select", {}, ["common", "personal"].map((name) => h("option", {value: name}, t("shift.clock." + name))));
  const code = h("input", {type: "text", value: "CA-1"}), minutes = h("input", {type: "number", min: "1", max: "600", value: "60"}), room_size = h("input", {type: "number", min: "1", max: "500", value: "50"});
  const starts = h("input", {type: "datetime-local", value: local(Date.now() + 3600000)}), ends = h("input", {type: "datetime-local", value: local(Date.now() + 7200000)});
  const form = h("form", {novalidate: true, onsubmit: submit}, field("shift_code", t("shift.code"), code), field("shift_form", t("shift.form"), form_id), field("shift_clock", t("shift.clock"), clock),
    field("shift_starts", t("shift.starts"), starts), field("shift_ends", t("shift.ends"), ends), field("shift_minutes", t("shift.minutes"), minutes), field("shift_room", t("shift.room_size"), room_size),
    h("div", {class: "row end"}, h("button", {type: "button", onclick: () => dialog.close()}, t("cancel")), h("button", {class: "primary", type: "submit"}, t("shift.create"))));
  const dialog = h("dialog", {"aria-labelledby": "shift-title"}, h("h2", {id: "shift-title"}, t("cycle.act.shift")), form);
  async function submit(event) {
    event.preventDefault();
    const errors = {};
    if (!starts.value) errors.shift_starts = t("rule.required", {field: t("shift.starts")});
    if (!ends.value) errors.shift_ends = t("rule.required", {field: t("shift.ends")});
    showErrors(form, errors);
    if (Object.keys(errors).length > 0) return;
    const answer = await act("POST", `/cycles/${cycle.code}/shifts`, {code: code.value.trim().toUpperCase(), form_id: form_id.value, clock: clock.value, starts_at: new Date(starts.value).toISOString(), ends_at: new Date(ends.value).toISOString(), minutes: Number(minutes.value), room_size: Number(room_size.value)});
    if (!answer) return;
    dialog.close();
    toast(t("shift.created", {rooms: formatNumber(answer.rooms), sittings: formatNumber(answer.sittings)}));
    await done();
  }
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
