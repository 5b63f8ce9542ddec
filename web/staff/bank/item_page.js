// item_page.js: one item to read: as candidates see it, its key, its facts, its reviews and comments, its versions and
// who has read it; and the acts that are open to this person.

import {h, fill, toast} from "/assets/shared/dom.js";
import {t, formatDate, formatDateTime, formatNumber} from "/assets/shared/i18n.js";
import {field, showErrors} from "/assets/shared/form.js";
import {dataTable, pagedTable} from "/assets/shared/table.js";
import {read, act, stay} from "/assets/staff/app.js";
import {kindName, levelName, topicName, stateTag, flagTag, facilityText, decimalText, purposeName, actName} from "/assets/staff/bank/words.js";
import {bankPage, askText, send} from "/assets/staff/bank/frame.js";
import {previewBox, stimulusOf} from "/assets/staff/bank/preview.js";
import {fromAnswer, checkItem} from "/assets/staff/bank/model.js";
import {actOnItems} from "/assets/staff/bank/acts.js";

const fact = (name, value) => (value === "" || value === null || value === undefined ? null : [h("dt", {}, name), h("dd", {}, value)]);
const nameOf = (person) => (typeof person === "string" ? person : person?.full_name ?? person?.login_name ?? "");

function facts(item) {
  const {meta = {}} = item;
  return h("dl", {class: "facts"}, fact(t("meta.bank"), item.bank), fact(t("meta.kind"), kindName(item.content?.kind ?? item.kind)), fact(t("meta.topic"), topicName(meta.topic)), fact(t("meta.subject"), meta.subject), fact(t("meta.level"), levelName(meta.level)),
    fact(t("meta.facility"), facilityText(meta.facility)), fact(t("meta.calibration"), item.calibration ? ["a", "b", "c"].map((name) => `${name} = ${decimalText(item.calibration[name])}`).join("; ") : ""), fact(t("meta.seconds"), meta.seconds ? t("seconds", {n: formatNumber(meta.seconds)}) : ""), fact(t("meta.source"), meta.source), fact(t("meta.source_expires_on"), meta.source_expires_on ? formatDate(meta.source_expires_on) : ""),
    fact(t("meta.tags"), (meta.tags ?? []).join(", ")), fact(t("meta.enemies"), (meta.enemies ?? []).join(", ")), fact(t("item.exposure"), item.exposure_max ? t("item.exposure_of", {n: formatNumber(item.exposure ?? 0), max: formatNumber(item.exposure_max)}) : formatNumber(item.exposure ?? 0)));
}

const NEXT = [["submit", "may_submit", "primary"], ["withdraw", "may_withdraw", ""], ["publish", "may_publish", "primary"], ["retire", "may_retire", "danger"], ["restore", "may_restore", ""]];
function actsCard(item, again) {
  const rights = item.rights ?? {};
  const run = async (name) => { if (await actOnItems(name, [item])) await again(); };
  const missing = item.state === "draft" && rights.may_submit ? Object.values(checkItem(fromAnswer(item))) : [];
  const buttons = NEXT.filter(([name, right]) => rights[right] && (name !== "submit" || missing.length === 0)).map(([name, , look]) => h("button", {type: "button", class: look, onclick: () => run(name)}, actName(name)));
  return h("section", {class: "card next-step no-print"}, h("h2", {}, t("item.next")), h("p", {}, t("item.next." + item.state)), missing.length ? h("div", {class: "banner warn"}, h("p", {}, t("item.unfinished")), h("ul", {}, missing.slice(0, 6).map((text) => h("li", {}, text)))) : null, h("div", {class: "row"}, rights.may_edit ? h("a", {class: "button" + (item.state === "draft" && !buttons.length || missing.length ? " primary" : ""), href: `#/items/${item.id}/edit`}, t("item.edit")) : null, buttons),
    rights.may_edit === false && !buttons.length && !rights.may_review ? h("p", {class: "muted"}, t("item.only_read")) : null);
}

/** The card by which a reviewer decides. */
function reviewCard(item, again) {
  if (!item.rights?.may_review) return item.rights?.own && item.state === "in_review" ? h("section", {class: "card"}, h("h2", {}, t("review.title")), h("p", {}, t("review.own"))) : null;
  const reason = h("textarea", {rows: "3", maxlength: "4000"}), waiting = (item.comments ?? []).filter((c) => !c.answer).length;
  const decide = async (verdict) => {
    showErrors(form, verdict === "return" && !reason.value.trim() ? {"review-reason": t("rule.required", {field: t("reason")})} : {});
    if (verdict === "return" && !reason.value.trim()) return;
    const answer = await send("POST", `/items/${item.id}/reviews`, {verdict, reason: reason.value.trim(), version: item.version}, form, () => "review-reason");
    if (!answer) return;
    toast(t("review.done." + verdict));
    await again();
  };
  const form = h("form", {class: "card review-card", novalidate: true, onsubmit: (event) => { event.preventDefault(); void decide("accept"); }}, h("h2", {}, t("review.title")), h("p", {}, t("review.text", {version: item.version})),
    waiting ? h("div", {class: "banner warn"}, h("p", {}, t("review.comments_wait", {n: waiting}))) : null, field("review-reason", t("reason"), reason, t("review.reason_hint")),
    h("div", {class: "row"}, h("button", {type: "submit", class: "primary", disabled: waiting > 0}, t("review.accept")), h("button", {type: "button", class: "danger", onclick: () => decide("return")}, t("review.return"))));
  return form;
}

function reviewList(item) {
  const rows = (item.reviews ?? []).map((r) => ({at: r.at, who: nameOf(r.reviewer), version: r.version, what: t("review.verdict." + r.verdict), text: r.reason, sign: r.verdict === "accept" ? "ok" : "warn"}));
  const passages = (item.passages ?? []).map((p) => ({at: p.at, who: nameOf(p.staff), version: p.version, what: t("item.passage", {from: t("item.state." + p.from), to: t("item.state." + p.to)}), text: p.reason, sign: "plain"}));
  const all = [...rows, ...passages].sort((a, b) => String(b.at).localeCompare(String(a.at)));
  return all.length ? h("ol", {class: "timeline"}, all.map((e) => h("li", {class: e.sign}, h("p", {}, h("strong", {}, e.what), " · ", t("list.version", {version: e.version})), h("p", {class: "muted"}, `${e.who} · ${formatDateTime(e.at)}`), e.text ? h("p", {}, e.text) : null))) : h("p", {class: "muted"}, t("review.none"));
}

function commentsCard(item, again) {
  const text = h("textarea", {rows: "3", maxlength: "4000"});
  const form = h("form", {novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    if (!text.value.trim()) return showErrors(form, {comment: t("rule.required", {field: t("comment.text")})});
    if (await send("POST", `/items/${item.id}/comments`, {text: text.value.trim(), version: item.version}, form, () => "comment")) await again("comments");
  }}, field("comment", t("comment.text"), text, t("comment.hint")), h("button", {type: "submit"}, t("comment.add")));
  const answer = async (comment) => {
    const said = await askText(t("comment.answer"), h("blockquote", {}, comment.text), t("comment.answer"));
    if (said !== null && await act("POST", `/items/${item.id}/comments/${comment.number ?? comment.n}/answer`, {text: said})) await again("comments");
  };
  return h("section", {class: "card", id: "comments", tabindex: "-1"}, h("h2", {}, t("comment.title")), (item.comments ?? []).length === 0 ? h("p", {class: "muted"}, t("comment.none")) : h("ol", {class: "timeline"}, item.comments.map((c) => h("li", {class: c.answer ? "ok" : "warn"},
    h("p", {}, c.text), h("p", {class: "muted"}, `${nameOf(c.author)} · ${formatDateTime(c.at)} · ${t("list.version", {version: c.version})}`),
    c.answer ? h("blockquote", {}, h("p", {}, c.answer), h("p", {class: "muted"}, `${nameOf(c.answerer)} · ${formatDateTime(c.answered_at)}`)) : h("p", {class: "row"}, h("span", {class: "tag warn"}, t("comment.waiting")), c.may_answer === false ? null : h("button", {type: "button", onclick: () => answer(c)}, t("comment.answer")))))),
  item.rights?.may_comment === false ? null : form);
}

function versionsCard(item) {
  const list = item.versions ?? [];
  const pick = (name, chosen) => h("select", {}, list.map((v) => h("option", {value: v.version, selected: v.version === chosen}, `${v.version} · ${formatDateTime(v.created_at)}`)));
  const from = pick("from", list[1]?.version ?? list[0]?.version), to = pick("to", list[0]?.version);
  return h("section", {class: "card"}, h("h2", {}, t("item.versions")), dataTable(t("item.versions"), [{title: t("item.version"), value: (v) => h("a", {href: `#/items/${item.id}/versions/${v.version}`, "aria-current": v.version === item.shown ? "true" : null}, String(v.version))},
    {title: t("item.when"), value: (v) => formatDateTime(v.created_at)}, {title: t("item.author"), value: (v) => nameOf(v.author)}, {title: t("reason"), value: (v) => v.reason || "–"}], list),
  list.length > 1 ? h("form", {class: "filters no-print", onsubmit: (event) => { event.preventDefault(); location.hash = `#/items/${item.id}/diff/${from.value}/${to.value}`; }}, field("diff-from", t("diff.from"), from), field("diff-to", t("diff.to"), to), h("button", {type: "submit"}, t("diff.do"))) : null);
}

function nearCard(item) {
  const box = h("details", {class: "card"}, h("summary", {}, t("item.duplicates")), h("div", {}));
  box.addEventListener("toggle", async () => {
    if (!box.open || box.dataset.read) return;
    box.dataset.read = "1";
    const answer = await act("GET", `/items/${item.id}/duplicates`);
    const rows = answer?.items ?? answer ?? [];
    fill(box.lastElementChild, dataTable(t("item.duplicates"), [{title: t("items.code"), value: (d) => (d.id ? h("a", {href: "#/items/" + d.id}, d.code) : d.code)}, {title: t("meta.bank"), value: (d) => d.bank}, {title: t("items.stem"), value: (d) => d.excerpt ?? d.title ?? ""}, {title: t("item.likeness"), number: true, value: (d) => formatNumber(Math.round(d.likeness / 10)) + " %"}], rows, {empty: t("item.no_duplicates")}));
  }, {once: false});
  return box;
}
function accessCard(item) {
  const box = h("details", {class: "card"}, h("summary", {}, t("item.access")), h("div", {}));
  box.addEventListener("toggle", () => {
    if (!box.open || box.dataset.read) return;
    box.dataset.read = "1";
    fill(box.lastElementChild, pagedTable(t("item.access"), [{title: t("item.when"), value: (a) => formatDateTime(a.at)}, {title: t("column.name"), value: (a) => nameOf(a.staff ?? a.full_name ?? a)}, {title: t("item.purpose"), value: (a) => purposeName(a.purpose)}, {title: t("item.version"), number: true, value: (a) => a.version}], () => `/items/${item.id}/access`, {limit: 20}));
  });
  return box;
}

export async function itemView(id, version) {
  const item = await read(`/items/${id}${version ? "?version=" + version : ""}`);
  if (!item) return;
  item.shown = Number(version) || item.version;
  const again = async (focus) => {
    await itemView(id, version);
    if (focus) document.getElementById(focus)?.focus();
  };
  const preview = previewBox(t("preview.title")), here = stay(), stimulus = await stimulusOf(item.bank, item.content.stimulus);
  if (!here()) return;
  preview.draw(item.content, item.key, stimulus);
  const old = item.shown !== item.version;
  bankPage("items", item.code, h("p", {class: "no-print"}, h("a", {href: "#/items"}, "← " + t("items.title"))),
    h("div", {class: "row between"}, h("h1", {}, item.code + (item.content?.title ?? item.title ? " · " + (item.content?.title ?? item.title) : "")), h("div", {class: "row"}, stateTag(item.state), (item.flags ?? []).map(flagTag), h("span", {class: "tag plain"}, t("list.version", {version: item.shown})))),
    old ? h("div", {class: "banner warn"}, h("p", {}, t("item.old_version", {shown: item.shown, newest: item.version})), h("p", {}, h("a", {href: "#/items/" + id}, t("item.to_newest")))) : null,
    h("div", {class: "split item-split"}, h("div", {}, preview, old ? null : reviewCard(item, again), commentsCard(item, again), versionsCard(item), nearCard(item), accessCard(item)),
      h("div", {class: "side-stack"}, old ? null : actsCard(item, again), h("section", {class: "card"}, h("h2", {}, t("editor.meta")), facts(item)), h("section", {class: "card"}, h("h2", {}, t("item.history")), reviewList(item)))));
}
