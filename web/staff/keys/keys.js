// keys.js: the keys of a cycle's forms: asked for, released by another person, and where each stands.

import {h, ask, toast} from "/assets/shared/dom.js";
import {t, formatDateTime, formatNumber} from "/assets/shared/i18n.js";
import {field} from "/assets/shared/form.js";
import {dataTable} from "/assets/shared/table.js";
import {page, read, act, may, stay, waitForJob, whoAmI} from "/assets/staff/app.js";
import {subNav} from "/assets/staff/cycles.js";

const zone = (value) => value + ":00+07:00";
const local = (date) => new Date(date.getTime() + 7 * 3600000).toISOString().slice(0, 16);

async function openReview(form, done) {
  const opens = h("input", {type: "datetime-local", value: local(new Date())}), closes = h("input", {type: "datetime-local", value: local(new Date(Date.now() + 5 * 86400000))});
  const reason = h("textarea", {rows: "3", maxlength: "2000"});
  const sure = await ask(t("keys.open_title", {form: form.form}), h("div", {class: "stack"}, h("p", {}, t("keys.open_text")), field("opens_at", t("keys.opens"), opens), field("closes_at", t("keys.closes"), closes), field("why", t("reason"), reason, t("keys.reason_hint"))),
    [{value: "", text: t("cancel")}, {value: "yes", text: t("keys.open"), class: "primary"}]);
  if (sure !== "yes") return;
  if (!reason.value.trim()) return toast(t("reason.missing"));
  if (await act("POST", "/key-reviews", {form_id: form.form_id, opens_at: zone(opens.value), closes_at: zone(closes.value), reason: reason.value.trim()})) await done();
}

async function decide(form, verdict, done) {
  const reason = h("textarea", {rows: "3", maxlength: "2000", "aria-label": t("reason")});
  const facts = h("dl", {class: "facts"}, h("dt", {}, t("keys.opened_by")), h("dd", {}, form.opened_by), h("dt", {}, t("keys.times")), h("dd", {}, `${formatDateTime(form.opens_at)} – ${formatDateTime(form.closes_at)}`), h("dt", {}, t("reason")), h("dd", {}, form.reason));
  if (await ask(t("keys.verdict." + verdict, {form: form.form}), h("div", {class: "stack"}, h("p", {}, t("keys.verdict_text." + verdict)), facts, h("label", {}, t("reason"), reason)), [{value: "", text: t("cancel")}, {value: "yes", text: t("confirm"), class: "primary"}]) !== "yes") return;
  if (!reason.value.trim()) return toast(t("reason.missing"));
  const here = stay(), answer = await act("POST", `/key-reviews/${form.review_id}/verdict`, {verdict, reason: reason.value.trim()});
  if (answer?.job_id) await waitForJob(answer.job_id);
  if (answer && here()) await done();
}

function actsOf(form, done) {
  const own = form.opened_by_id === whoAmI()?.id;
  if (form.state === "asked" && may("result-approve")) return own ? h("span", {class: "muted"}, t("keys.other_person")) : h("div", {class: "row"}, h("button", {type: "button", class: "primary", onclick: () => decide(form, "released", done)}, t("keys.release")), h("button", {type: "button", onclick: () => decide(form, "refused", done)}, t("keys.refuse")));
  if (["none", "refused"].includes(form.state) && may("result-run")) return form.shifts_closed ? h("button", {type: "button", onclick: () => openReview(form, done)}, t("keys.open")) : h("span", {class: "muted"}, t("keys.shifts_open"));
  return form.state === "released" ? h("a", {class: "button", href: "#/key-reviews/" + form.review_id}, t("keys.work")) : "";
}

export async function keysView(code) {
  const data = await read(`/cycles/${code}/key-reviews`);
  if (!data) return;
  const again = () => keysView(code);
  page(t("keys.title"), h("h1", {}, t("keys.title")), subNav(code, "keys"), h("p", {class: "lead"}, t("keys.lead")),
    dataTable(t("keys.title"), [{title: t("keys.form"), value: (f) => f.form}, {title: t("keys.state"), value: (f) => h("span", {class: "tag " + (f.state === "released" ? "ok" : f.state === "asked" ? "warn" : "plain")}, t("keys.state." + f.state))},
      {title: t("keys.times"), value: (f) => (f.opens_at ? `${formatDateTime(f.opens_at)} – ${formatDateTime(f.closes_at)}` : "–")}, {title: t("keys.challenges"), number: true, value: (f) => formatNumber(f.challenges)},
      {title: t("keys.version"), number: true, value: (f) => (f.key_version ? formatNumber(f.key_version) : "–")}, {title: "", value: (f) => actsOf(f, again)}], data.items, {empty: t("keys.empty")}));
}
