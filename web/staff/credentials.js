// credentials.js: certificates that stand in for round 1: which are in force, proposals to take one back, another officer's word on them.

import {h, fill} from "/assets/shared/dom.js";
import {t, formatDate, formatDateTime, formatNumber} from "/assets/shared/i18n.js";
import {dataTable} from "/assets/shared/table.js";
import {page, read, may, whoAmI} from "/assets/staff/app.js";
import {searchField} from "/assets/staff/candidates.js";
import {subNav} from "/assets/staff/cycles.js";
import {actDialog} from "/assets/staff/release/dialog.js";

const PROBLEMS = "credential.problem.", MOST = 500;
const waits = (c) => Boolean(c.withdrawal) && !c.withdrawal.decision;

function state(c) {
  if (waits(c)) return ["warn", "waits"];
  if (!c.in_force && c.withdrawal?.decision?.verdict === "confirmed") return ["stop", "withdrawn"];
  return c.in_force ? ["ok", "in_force"] : ["stop", "replaced"];
}

/** Who said what about it, oldest first. */
function history(c) {
  const w = c.withdrawal, d = w?.decision;
  return h("div", {}, h("div", {}, t("credential.recorded", {by: c.recorded_by, at: formatDateTime(c.recorded_at)})),
    w ? h("div", {}, t("credential.proposed", {by: w.proposed_by, at: formatDateTime(w.proposed_at), reason: w.reason})) : null,
    d ? h("div", {}, t("credential.decided." + d.verdict, {by: d.by, at: formatDateTime(d.at), reason: d.reason})) : null);
}

function propose(code, c, done) {
  return done(actDialog({title: t("credential.propose_title", {roll: c.roll_number}), text: t("credential.propose_text"), path: `/cycles/${code}/credential-withdrawals`,
    body: {roll_number: c.roll_number}, reasonHint: t("credential.reason_hint"), button: t("credential.propose"), danger: true, problems: PROBLEMS}));
}

/** A proposal that waits: what, who asked, and the two answers for another officer. */
function waitingCard(c, done) {
  const w = c.withdrawal, id = "withdrawal-" + w.id, mine = w.login_name === whoAmI().login_name;
  const decide = (verdict) => done(actDialog({title: t("credential.decide_title." + verdict, {roll: c.roll_number}), text: t("credential.decide_text." + verdict),
    path: `/credential-withdrawals/${w.id}/decision`, body: {verdict}, password: true, button: t("credential.decide." + verdict), danger: verdict === "confirmed", problems: PROBLEMS}));
  return h("section", {class: "card", "aria-labelledby": id}, h("h3", {id}, `${c.roll_number} · ${c.full_name}`),
    h("dl", {class: "facts"}, h("dt", {}, t("candidates.credential")), h("dd", {}, t("candidates.credential_of", {kind: c.kind, on: formatDate(c.issued_on)}) + " · " + c.reference),
      h("dt", {}, t("reason")), h("dd", {}, w.reason), h("dt", {}, t("credential.asked_by")), h("dd", {}, `${w.proposed_by} · ${formatDateTime(w.proposed_at)}`)),
    mine ? h("p", {}, t("credential.not_yours")) : may("cycle-write") ? h("div", {class: "row"},
      h("button", {type: "button", class: "danger", onclick: () => decide("confirmed")}, t("credential.decide.confirmed")),
      h("button", {type: "button", onclick: () => decide("refused")}, t("credential.decide.refused"))) : null);
}

export async function credentialsView(code) {
  const [cycle, list] = [await read("/cycles/" + code), await read(`/cycles/${code}/credentials`)];
  if (!cycle || !list) return;
  const open = ["preparing", "round1"].includes(cycle.state) && may("cycle-write");
  const done = async (doing) => { if (await doing) await credentialsView(code); };
  // Of a certificate about which nothing waits, in its last row: there is one for each proposal.
  const last = (c, items) => c.in_force && !items.some((o) => o.roll_number === c.roll_number && waits(o)) && items.findLast((o) => o.roll_number === c.roll_number) === c;
  const columns = (items) => [{title: t("column.roll_number"), value: (c) => c.roll_number}, {title: t("column.name"), value: (c) => c.full_name},
    {title: t("candidates.credential"), value: (c) => t("candidates.credential_of", {kind: c.kind, on: formatDate(c.issued_on)})}, {title: t("credential.reference"), value: (c) => c.reference},
    {title: t("credential.state"), value: (c) => { const [look, name] = state(c); return h("span", {class: "tag " + look}, t("credential.state." + name)); }},
    {title: t("credential.history"), value: history},
    ...(open ? [{title: t("credential.act"), value: (c) => (last(c, items) ? h("button", {type: "button", onclick: () => propose(code, c, done)}, t("credential.propose")) : "")}] : [])];
  const table = (items) => [items.length >= MOST ? h("p", {class: "banner warn"}, t("credential.most", {count: formatNumber(MOST)})) : null,
    dataTable(t("credential.title"), columns(items), items, {empty: t("credential.empty")})];
  const box = h("div", {}, table(list.items));
  const search = searchField("q", t("candidates.search"), t("candidates.search_hint"), async () => {
    const found = await read(`/cycles/${code}/credentials?q=${encodeURIComponent(search.input.value.trim())}`);
    if (found) fill(box, table(found.items));
  });
  const waiting = list.items.filter(waits);
  page(t("credential.title"), h("h1", {}, `${code} · ${t("credential.title")}`), subNav(code, "candidates"), h("p", {class: "muted"}, t(["preparing", "round1"].includes(cycle.state) ? "credential.text" : "credential.closed")),
    waiting.length ? [h("h2", {}, t("credential.waiting")), h("div", {class: "signatures"}, waiting.map((c) => waitingCard(c, done)))] : null,
    h("h2", {}, t("credential.all")), h("div", {class: "filters"}, search.box, may("cycle-write") ? h("a", {class: "button", href: `#/import/credentials/${code}`}, t("cycle.act.credentials")) : null), box);
}
