// forms.js: forms of a cycle: read as candidates will see them, reviewed, printed, and sealed by two persons.

import {h, fill, toast} from "/assets/shared/dom.js";
import {t, has, currentLanguage, formatDateTime, formatNumber} from "/assets/shared/i18n.js";
import {field, showErrors} from "/assets/shared/form.js";
import {dataTable} from "/assets/shared/table.js";
import {read, act, may} from "/assets/staff/app.js";
import {topicName, levelName, kindName, facilityText} from "/assets/staff/bank/words.js";
import {bankPage, send, sure} from "/assets/staff/bank/frame.js";
import {itemNodes, keyNodes} from "/assets/staff/bank/preview.js";
import {changeForm} from "/assets/staff/bank/form_change.js";

const LOOK = {draft: ["plain", "○"], returned: ["stop", "↩"], reviewed: ["flag", "◑"], "half-sealed": ["warn", "◔"], sealed: ["ok", "●"]};
const formState = (state) => h("span", {class: "tag " + (LOOK[state]?.[0] ?? "plain")}, h("span", {"aria-hidden": "true"}, LOOK[state]?.[1] ?? "○"), has("forms.state." + state) ? t("forms.state." + state) : state);

export async function formsView(query) {
  const cycles = may("cycle-read") ? (await act("GET", "/cycles"))?.items ?? [] : [];
  const chosen = query.get("cycle") ?? "";
  const data = await read("/forms" + (chosen ? "?cycle=" + encodeURIComponent(chosen) : ""));
  if (!data) return;
  const rows = data.items;
  const select = h("select", {onchange: () => { location.hash = "#/forms" + (select.value ? "?cycle=" + select.value : ""); }}, h("option", {value: ""}, t("forms.all_cycles")), (cycles.length ? cycles.map((c) => c.code) : [...new Set([...rows.map((f) => f.cycle), chosen].filter(Boolean))]).map((code) => h("option", {value: code, selected: code === chosen}, code)));
  bankPage("forms", t("forms.title"), h("h1", {}, t("forms.title")), h("p", {class: "muted"}, t("forms.text")), h("div", {class: "filters no-print"}, field("cycle", t("forms.cycle"), select)),
    dataTable(t("forms.title"), [{title: t("forms.code"), value: (f) => h("a", {href: "#/forms/" + f.id}, f.code)}, {title: t("forms.cycle"), value: (f) => f.cycle}, {title: t("forms.bank"), value: (f) => f.bank}, {title: t("forms.version"), number: true, value: (f) => String(f.version)}, {title: t("blueprint.items"), number: true, value: (f) => formatNumber(f.item_count)}, {title: t("item.state"), value: (f) => formState(f.state)}, {title: t("forms.changed"), value: (f) => formatDateTime(f.created_at)}], rows, {empty: t("forms.none")}),
    h("p", {class: "muted after-table"}, t("forms.from_assembly") + " ", h("a", {href: "#/blueprints"}, t("blueprint.list"))));
}

/** The card of the two hands: what is sealed, who has, who may. */
function sealCard(form, again) {
  const seals = form.seals, sealed = form.state === "sealed";
  const hand = (n) => h("li", {class: seals[n] ? "ok" : "plain"}, h("p", {}, h("strong", {}, t("seal.hand." + (n + 1)))), h("p", {class: seals[n] ? null : "muted"}, seals[n] ? `✓ ${seals[n].name} · ${formatDateTime(seals[n].at)}` : t("seal.waiting")));
  const which = seals.length ? "second" : "first";
  const seal = async () => {
    const body = h("div", {}, h("p", {}, t(seals.length ? "seal.second_text" : "seal.first_text", {code: form.code, items: formatNumber(form.item_count)})), h("p", {class: "code-like"}, "SHA-256 " + form.sha256));
    if (!(await sure(t("seal." + which), body, t("seal." + which)))) return;
    if (await act("POST", `/forms/${form.id}/seal`, {version: form.version, sha256: form.sha256})) toast(t("seal.done_" + which)), await again();
  };
  // Who set the first seal may judge and yet not seal: the server knows the person, a name may be somebody else's too.
  const refusal = form.rights.may_seal ? null : ["draft", "returned"].includes(form.state) ? "seal.needs_review" : seals.length === 1 && form.rights.may_review ? "seal.not_twice" : "seal.not_you";
  return h("section", {class: "card next-step"}, h("h2", {}, t("seal.title")), h("p", {}, t(sealed ? "seal.is_sealed" : "seal.text")), h("ol", {class: "timeline"}, hand(0), hand(1)),
    sealed ? null : refusal ? h("p", {class: "muted"}, t(refusal)) : h("button", {type: "button", class: "primary no-print", onclick: seal}, t("seal." + which)),
    h("dl", {class: "facts"}, h("dt", {}, t("forms.version")), h("dd", {}, String(form.version)), h("dt", {}, "SHA-256"), h("dd", {class: "code-like"}, form.sha256)));
}

function reviewCard(form, again) {
  const rows = form.reviews ?? [], text = h("textarea", {rows: "3", maxlength: "4000"});
  const decide = async (verdict) => {
    showErrors(box, verdict === "return" && !text.value.trim() ? {"form-reason": t("rule.required", {field: t("reason")})} : {});
    if (verdict === "return" && !text.value.trim()) return;
    if (await send("POST", `/forms/${form.id}/reviews`, {verdict, reason: text.value.trim(), version: form.version}, box, () => "form-reason")) toast(t("review.done." + verdict)), await again();
  };
  const open = form.rights.may_review;
  const box = h("form", {novalidate: true, onsubmit: (event) => { event.preventDefault(); void decide("accept"); }}, field("form-reason", t("reason"), text, t("forms.review_hint")), h("div", {class: "row"}, h("button", {type: "submit", class: "primary"}, t("forms.review_accept")), h("button", {type: "button", class: "danger", onclick: () => decide("return")}, t("forms.review_return"))));
  return h("section", {class: "card no-print"}, h("h2", {}, t("forms.reviews")), rows.length ? h("ol", {class: "timeline"}, rows.map((r) => h("li", {class: r.verdict === "accept" ? "ok" : "warn"}, h("p", {}, h("strong", {}, t("review.verdict." + r.verdict)), ` · ${t("list.version", {version: r.version})}`), h("p", {class: "muted"}, `${r.reviewer} · ${formatDateTime(r.at)}`), r.reason ? h("p", {}, r.reason) : null))) : h("p", {class: "muted"}, t("review.none")), open ? box : null);
}

function papers(form) {
  const at = `/api/v1/forms/${form.id}/`, language = h("select", {class: "short", "aria-label": t("forms.paper_language")}, ["vi", "en"].map((l) => h("option", {value: l, selected: l === currentLanguage()}, t("language." + l))));
  const link = (name) => h("a", {class: "button", href: `${at}${name}.pdf?lang=${language.value}`, target: "_blank", rel: "noopener"}, t("forms.paper." + name));
  const links = h("div", {class: "row"});
  const draw = () => fill(links, ["booklet", "answer-sheet", ...(form.rights.may_read_key ? ["key"] : [])].map(link));
  language.addEventListener("change", draw);
  draw();
  return h("section", {class: "card no-print"}, h("h2", {}, t("forms.papers")), h("p", {class: "muted"}, t(form.state === "sealed" ? "forms.papers_sealed" : "forms.papers_draft")), h("div", {class: "row"}, language, links), h("p", {class: "hint"}, t("forms.key_noted")));
}

/** Every version: a change never takes the place of what somebody has read. */
function versions(form) {
  return h("details", {class: "card no-print"}, h("summary", {}, t("forms.versions", {n: formatNumber(form.versions.length)})), h("ol", {class: "timeline", reversed: true}, form.versions.map((v) => h("li", {class: "plain"}, h("p", {}, h("strong", {}, t("list.version", {version: v.version})), ` · ${t("forms.count", {n: formatNumber(v.item_count)})}`), h("p", {class: "muted"}, `${v.author} · ${formatDateTime(v.created_at)}`), v.reason ? h("p", {}, v.reason) : null, h("p", {class: "code-like"}, v.sha256.slice(0, 16) + "…")))));
}

/** The items in their order; a stimulus stands once, before the first item that belongs to it. */
function paper(form, language, withKey, from) {
  let last = null, end = 0;
  const heads = new Map((form.sections ?? []).map((s) => { const first = end + 1; end += s.items; return [first, s]; }));
  return (form.items ?? []).map((item, i) => {
    const content = item.content ?? item, stimulus = item.stimulus && item.stimulus !== last ? form.stimuli.find((one) => one.code === item.stimulus || one.id === item.stimulus) : null;
    last = item.stimulus ?? null;
    const head = heads.get(i + 1);
    return [head ? h("h3", {class: "section-head"}, (language === "en" && head.title_en) || head.title_vi) : null, h("article", {class: "paper-item", "aria-label": t("forms.item", {n: from + i})}, h("p", {class: "paper-number"}, h("strong", {}, t("forms.item", {n: item.position ?? from + i})), h("span", {class: "muted no-print"}, [item.code, item.version ? t("list.version", {version: item.version}) : "", item.topic ? topicName(item.topic) : "", item.level ? levelName(item.level) : "", item.kind ? kindName(item.kind) : "", item.facility !== undefined ? facilityText(item.facility) : ""].filter(Boolean).join(" · "))),
      itemNodes(content, {language, stimulus: stimulus?.content ?? stimulus}), withKey && item.key ? keyNodes(content, item.key, language) : null)];
  });
}

export async function formView(id) {
  const form = await read("/forms/" + id);
  if (!form) return;
  const again = () => formView(id);
  let language = currentLanguage(), keys = false;
  const box = h("div", {class: "paper", lang: language});
  const draw = () => fill(box, paper(form, language, keys, 1));
  const choose = h("select", {class: "short", "aria-label": t("forms.paper_language"), onchange: () => { language = choose.value; box.lang = language; draw(); }}, ["vi", "en"].map((l) => h("option", {value: l, selected: l === language}, t("language." + l))));
  const show = h("input", {type: "checkbox", onchange: () => { keys = show.checked; draw(); }});
  draw();
  const rows = form.items ?? [];
  bankPage("forms", form.code, h("p", {class: "no-print"}, h("a", {href: "#/forms" + (form.cycle ? "?cycle=" + form.cycle : "")}, "← " + t("forms.title"))), h("div", {class: "row between"}, h("h1", {}, `${t("forms.one", {code: form.code})}${form.cycle ? " · " + form.cycle : ""}`), formState(form.state)),
    h("div", {class: "split item-split"}, h("section", {class: "card"}, h("div", {class: "row between no-print"}, h("h2", {}, t("forms.as_candidates", {n: formatNumber(rows.length)})), h("div", {class: "row"}, choose, form.rights.may_change ? h("button", {type: "button", onclick: () => changeForm(form, again)}, t("forms.change")) : null, rows.some((i) => i.key) ? h("label", {class: "check"}, show, t("forms.show_key")) : null)), box),
      h("div", {class: "side-stack"}, sealCard(form, again), reviewCard(form, again), papers(form), versions(form))));
}
