// frame.js: what both quality pages have: how a report came about, and asking for a new one.

import {h} from "/assets/shared/dom.js";
import {t, has, formatDateTime} from "/assets/shared/i18n.js";
import {act, waitForJob} from "/assets/staff/app.js";

/** A key of the interface in words; itself where there are none. */
export const word = (prefix, key) => (has(prefix + key) ? t(prefix + key) : key);
export const part = (component) => (has("quality.part." + component) ? t("quality.part." + component) : word("component.", component));

/** The line under the heading: which report, when, by whom; the hashes for whoever wants to compare. */
export function origin(report) {
  return [h("p", {class: "muted"}, t("quality.origin", {version: report.version, at: formatDateTime(report.computed_at), by: report.requested_by})),
    h("details", {class: "figures"}, h("summary", {}, t("quality.hashes")), h("dl", {class: "facts"}, h("dt", {}, t("quality.inputs")), h("dd", {}, h("code", {}, report.inputs_sha256)), h("dt", {}, t("quality.whole")), h("dd", {}, h("code", {}, report.sha256)), h("dt", {}, t("quality.engine")), h("dd", {}, report.engine)))];
}

/** A button that has the worker compute a report and shows the page anew. */
export function computeButton(path, body, again, label) {
  const progress = h("p", {class: "muted", role: "status"});
  const button = h("button", {type: "button", class: "primary", onclick: async () => {
    button.disabled = true;
    progress.textContent = t("quality.computing");
    const accepted = await act("POST", path, body());
    if (accepted && await waitForJob(accepted.job_id)) return again();
    button.disabled = false;
    progress.textContent = "";
  }}, label);
  return h("div", {class: "row"}, button, progress);
}
