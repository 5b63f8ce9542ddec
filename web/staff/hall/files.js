// files.js: photos and numbers of identity documents, brought in by HR: a zip, a CSV, or one picture.

import {h, fill} from "/assets/shared/dom.js";
import {t, formatNumber} from "/assets/shared/i18n.js";
import {field} from "/assets/shared/form.js";
import {dataTable} from "/assets/shared/table.js";
import {act} from "/assets/staff/app.js";

export function filesCard(code) {
  const input = h("input", {type: "file", accept: ".zip,.csv,.jpg,.jpeg"}), roll = h("input", {type: "text", maxlength: "20", autocomplete: "off"}), report = h("div", {role: "status"}), button = h("button", {type: "submit"}, t("hall.files_send"));
  const send = async (event) => {
    event.preventDefault();
    const file = input.files[0];
    if (!file) return;
    fill(report); // of the file before
    button.disabled = true;
    const query = roll.value.trim() ? "?roll_number=" + encodeURIComponent(roll.value.trim().toUpperCase()) : "";
    const answer = await act("POST", `/cycles/${code}/identity-files${query}`, file, {type: "application/octet-stream", timeout_ms: 300000});
    button.disabled = false;
    if (!answer) return;
    const refused = answer.lines.filter((line) => line.outcome === "refused");
    fill(report, h("div", {class: "banner " + (refused.length ? "warn" : "ok")}, t("hall.files_done", {stored: formatNumber(answer.stored), replaced: formatNumber(answer.replaced), unchanged: formatNumber(answer.unchanged), refused: formatNumber(answer.refused)})),
      refused.length ? dataTable(t("hall.files_refused"), [{title: t("hall.files_name"), value: (line) => line.name}, {title: t("reason"), value: (line) => t("hall.files_reason." + line.reason)}], refused) : null);
  };
  return h("details", {class: "card no-print"}, h("summary", {}, t("hall.files")), h("p", {}, t("hall.files_text")), h("form", {novalidate: true, onsubmit: send}, field("hall-file", t("hall.files_file"), input, t("hall.files_hint")), field("hall-roll", t("hall.files_roll"), roll, t("hall.files_roll_hint")),
    button), report);
}
