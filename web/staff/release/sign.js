// sign.js: the way of a computed list to the public: freeze, signature A, signature B as an approval card, the time, the list itself.

import {h} from "/assets/shared/dom.js";
import {t, formatDateTime, formatNumber} from "/assets/shared/i18n.js";
import {may, whoAmI} from "/assets/staff/app.js";
import {actDialog} from "/assets/staff/release/dialog.js";

const tag = (kind, text) => h("p", {}, h("span", {class: "tag " + kind}, text));
const said = (word) => [h("p", {}, `${word.by.full_name} · ${formatDateTime(word.at)}`), word.reason ? h("p", {}, word.reason) : null];
const isMe = (person) => person?.login_name === whoAmI().login_name;
const local = (time_ms) => new Date(time_ms + 7 * 3600000).toISOString().slice(0, 16);

const pdfLink = (run) => h("p", {}, h("a", {href: `/api/v1/runs/${run.id}/list.pdf`, download: `${run.cycle.code}-v${run.release_version}.pdf`}, t(run.release ? "release.document" : "release.draft")));

function freezeCard(run, done) {
  const number = h("input", {type: "text", maxlength: "60", placeholder: "15/DS-HĐTD"});
  if (run.freeze) return [tag("ok", t("release.frozen")), said(run.freeze)];
  if (run.unresolved > 0) return [h("p", {}, t("release.freeze_ties", {count: formatNumber(run.unresolved)}))];
  if (!may("result-run")) return [h("p", {}, t("release.freeze_waiting"))];
  return [h("p", {}, t("release.freeze_text")), h("button", {type: "button", class: "primary", onclick: () => done(actDialog({title: t("release.freeze_title"), text: t("release.freeze_consequence"),
    path: `/runs/${run.id}/list-freeze`, button: t("release.freeze_do"), fields: [{name: "document_number", label: t("release.document_number"), hint: t("release.document_number_hint"), control: number, value: () => number.value.trim()}]}))}, t("release.freeze_do"))];
}

const consequence = (run) => t("release.sign_consequence", {selected: formatNumber(run.selected), candidates: formatNumber(run.candidates), hash: run.sha256.slice(0, 16)});

function firstCard(run, done) {
  if (run.signature_a) return [tag("ok", t("release.signed")), said(run.signature_a)];
  if (!run.freeze || run.signature_b) return [h("p", {}, t("release.not_yet"))];
  if (!may("result-approve")) return [h("p", {}, t("release.a_waiting"))];
  return [h("p", {}, t("release.a_text")), h("button", {type: "button", class: "primary", onclick: () => done(actDialog({title: t("release.a_title"), text: consequence(run),
    path: `/runs/${run.id}/signatures`, body: {place: "A", verdict: "approved"}, password: true, button: t("release.sign_do")}))}, t("release.sign_do"))];
}

/** The approval card: what, who asked, the difference, approve or refuse with a reason. */
function secondCard(run, done) {
  if (run.signature_b) return [tag(run.signature_b.verdict === "approved" ? "ok" : "stop", t(run.signature_b.verdict === "approved" ? "release.signed" : "release.refused")), said(run.signature_b)];
  if (!run.freeze) return [h("p", {}, t("release.not_yet"))];
  const facts = h("dl", {class: "facts"}, h("dt", {}, t("release.what")), h("dd", {}, t("release.what_text", {version: run.release_version, selected: formatNumber(run.selected), candidates: formatNumber(run.candidates)})),
    h("dt", {}, t("release.asked_by")), h("dd", {}, run.signature_a ? `${run.signature_a.by.full_name} · ${formatDateTime(run.signature_a.at)}` : `${run.freeze.by.full_name} · ${formatDateTime(run.freeze.at)}`),
    h("dt", {}, t("release.difference")), h("dd", {}, run.release_version > 1 ? run.cause : t("release.difference_first")));
  if (isMe(run.computed_by) || isMe(run.signature_a?.by)) return [facts, h("p", {}, t("release.b_not_yours"))];
  if (!may("result-approve")) return [facts, h("p", {}, t("release.b_waiting"))];
  const decide = (verdict) => done(actDialog({title: t("release.b_title." + verdict), text: verdict === "approved" ? consequence(run) : t("release.refuse_consequence"),
    path: `/runs/${run.id}/signatures`, body: {place: "B", verdict}, password: true, button: t("release.b_do." + verdict), danger: verdict === "refused"}));
  return [facts, h("div", {class: "row"}, h("button", {type: "button", class: "primary", disabled: !run.signature_a, onclick: () => decide("approved")}, t("release.b_do.approved")),
    h("button", {type: "button", class: "danger", onclick: () => decide("refused")}, t("release.b_do.refused"))), run.signature_a ? null : h("p", {class: "muted"}, t("release.b_after_a"))];
}

function publishCard(run, done) {
  const at = h("input", {type: "datetime-local", value: local(Date.now() + 3600000)});
  if (run.release) return [tag("ok", t("release.released")), h("p", {}, `${t("list.version", {version: run.release.version})} · ${formatDateTime(run.release.published_at)}`), h("p", {}, h("a", {href: "/#/" + run.cycle.code}, t("release.see"))), h("p", {}, h("a", {href: `#/runs/${run.id}/letters`}, t("letters.title")), " · ", h("a", {href: `#/cycles/${run.cycle.code}/after`}, t("after.title"))),
    h("p", {class: "row"}, ["pdf", "xlsx", "csv", "json"].map((kind) => h("a", {href: `/api/v1/releases/${run.cycle.code}/list.${kind}?version=${run.release.version}`, download: `${run.cycle.code}-v${run.release.version}.${kind}`}, kind.toUpperCase())))];
  if (run.signature_a?.verdict !== "approved" || run.signature_b?.verdict !== "approved") return [h("p", {}, t("release.publish_not_yet"))];
  if (run.schedule) return [tag("warn", t("release.scheduled")), h("p", {}, t("release.scheduled_for", {time: formatDateTime(run.schedule.publish_at)})), said(run.schedule),
    may("result-run") ? h("button", {type: "button", class: "danger", onclick: () => done(actDialog({title: t("release.withdraw_title"), text: t("release.withdraw_text"), path: `/runs/${run.id}/release-withdrawal`, button: t("release.withdraw_do"), danger: true}))}, t("release.withdraw_do")) : null];
  if (!may("result-run")) return [h("p", {}, t("release.publish_ready"))];
  const text = t("release.publish_text", {selected: formatNumber(run.selected)});
  return [h("p", {}, t("release.publish_ready")), h("div", {class: "row"},
    h("button", {type: "button", class: "primary", onclick: () => done(actDialog({title: t("release.publish_title"), text, path: `/runs/${run.id}/release`, reason: false, button: t("release.publish_do")}))}, t("release.publish_do")),
    h("button", {type: "button", onclick: () => done(actDialog({title: t("release.schedule_title"), text, path: `/runs/${run.id}/release`, reason: false, button: t("release.schedule_do"),
      fields: [{name: "publish_at", label: t("release.publish_at"), hint: t("release.publish_at_hint"), control: at, required: true, value: () => at.value && at.value + (at.value.length > 16 ? "" : ":00") + "+07:00"}]}))}, t("release.schedule_do")))];
}

/** Everything below a computed list; `reload` shows the page again after an act. */
export function releaseSteps(run, reload) {
  const done = async (act) => { if (await act) await reload(); };
  const card = (number, name, content) => h("section", {class: "card", "aria-labelledby": "step-" + name}, h("h3", {id: "step-" + name}, `${number}. ${t("release.step." + name)}`), content);
  return h("div", {class: "signatures"}, card(1, "computed", [h("p", {}, `${run.computed_by?.full_name ?? ""} · ${formatDateTime(run.computed_at)}`), h("p", {}, run.cause), pdfLink(run)]),
    card(2, "freeze", freezeCard(run, done)), card(3, "a", firstCard(run, done)), card(4, "b", secondCard(run, done)), card(5, "publish", publishCard(run, done)));
}
