// list.js: one published list: its posts and ranks first; beside them the look-up, the files and the way to check it.

import {h, fill} from "/assets/shared/dom.js";
import {t, has, currentLanguage, formatDateTime, formatMark, formatNumber} from "/assets/shared/i18n.js";
import {NetworkError, problemText} from "/assets/shared/api.js";
import {field, showErrors} from "/assets/shared/form.js";
import {derivationList} from "/assets/shared/derivation.js";
import {source, isStatic} from "/assets/public/source.js";
import {totalsChart} from "/assets/public/chart.js";
import {checkTool} from "/assets/public/verify.js";
import {changesCard} from "/assets/public/changes.js";
import {frame, failView, titleOf, authorityOf, demonstrationTag} from "/assets/public/app.js";

const word = (prefix, key) => (has(prefix + key) ? t(prefix + key) : key);

const COLUMNS = ["rank", "roll_number", "total", "raw", "priority", "outcome", "agency"], FIGURES = ["rank", "total", "raw", "priority"];

function rowOf(row) {
  const values = {rank: row.rank ?? "–", roll_number: row.roll_number, total: formatMark(row.total), raw: formatMark(row.raw), priority: formatMark(row.priority),
    outcome: [h("div", {}, word("outcome.", row.outcome)), word("reason.", row.reason) === word("outcome.", row.outcome) ? null : h("div", {class: "reason small muted"}, word("reason.", row.reason))], agency: row.agency ?? ""};
  return h("tr", {class: row.outcome === "selected" ? "selected" : null, id: "row-" + row.roll_number}, COLUMNS.map((name) => (name === "roll_number" ? h("th", {scope: "row"}, values[name])
    : h("td", {class: FIGURES.includes(name) ? `${name} number` : name, "data-label": t("column." + name)}, values[name]))));
}

/** What panels gave for each criterion of a project: the criteria in the order in which they come, whichever panel had them. */
function partsTable(rows, post) {
  const told = rows.filter((row) => row.parts), heads = new Map();
  if (told.length === 0) return null;
  for (const row of told) for (const part of row.parts) heads.set(part.title + "/" + part.max, t("list.parts_of", {title: part.title, max: formatMark(part.max)}));
  const roll = (row) => h("th", {scope: "row", "data-label": t("column.roll_number")}, row.roll_number);
  const cell = (row, key) => h("td", {class: "number", "data-label": heads.get(key)}, formatMark(row.parts.find((part) => part.title + "/" + part.max === key)?.mean));
  return h("details", {class: "parts-box"}, h("summary", {}, t("list.parts")), h("p", {class: "muted"}, t("list.parts_text")),
    h("div", {class: "table-wrap", tabindex: "0", role: "region", "aria-label": `${t("list.parts")}, ${post.code}`}, h("table", {class: "list-table"}, h("caption", {class: "visually-hidden"}, `${t("list.parts")}, ${post.code}`),
      h("thead", {}, h("tr", {}, h("th", {scope: "col"}, t("column.roll_number")), [...heads.values()].map((head) => h("th", {scope: "col", class: "number"}, head)))),
      h("tbody", {}, told.map((row) => h("tr", {class: row.outcome === "selected" ? "selected" : null}, roll(row), [...heads.keys()].map((key) => cell(row, key))))))));
}

const ROWS_AT_ONCE = 600;

/** The tables of one post; a long list shows them when they are opened. */
async function postRows(post) {
  const all = await source.rows(post);
  const passed = all.filter((row) => row.rank !== null), others = all.filter((row) => row.rank === null);
  const table = (rows, caption) => h("div", {class: "table-wrap", tabindex: "0", role: "region", "aria-label": caption}, h("table", {class: "ranks"}, h("caption", {class: "visually-hidden"}, caption),
    h("thead", {}, h("tr", {}, COLUMNS.map((name) => h("th", {scope: "col", class: FIGURES.includes(name) ? "number" : null}, t("column." + name))))),
    h("tbody", {}, rows.map(rowOf))));
  return [passed.length ? table(passed, `${t("list.ranked")}, ${post.code}`) : h("p", {}, t("list.nobody_passed")), partsTable(all, post), totalsChart(all, `${post.code} · ${post.title}`),
    others.length ? h("details", {}, h("summary", {}, t("list.not_ranked", {count: formatNumber(others.length)})), table(others, `${t("list.not_ranked", {count: formatNumber(others.length)})}, ${post.code}`)) : null];
}

const numbers = (post) => ({all: post.rows ? post.rows.length : post.candidates, passed: post.rows ? post.rows.filter((row) => row.rank !== null).length : post.passed});

/** A section with its head; `open` fills in the rows and gives them. */
async function postCard(post, atOnce) {
  const {all, passed} = numbers(post), body = h("div", {class: "post-body"});
  let filled = false;
  const open = async () => {
    if (filled) return;
    filled = true;
    fill(body, await postRows(post));
  };
  const section = h("section", {class: "card", id: "post-" + post.code, "aria-labelledby": "title-" + post.code},
    h("div", {class: "post-head"}, h("h2", {id: "title-" + post.code}, `${post.code} · ${post.title}`), h("span", {class: "muted"}, t("list.quota", {quota: formatNumber(post.quota), passed: formatNumber(passed), all: formatNumber(all)}))),
    h("p", {class: "muted"}, post.agencies.map((agency) => `${agency.name} (${agency.code}): ${agency.quota}`).join(" · ")),
    atOnce ? body : h("details", {class: "post-rows", ontoggle: open}, h("summary", {}, t("list.show")), body));
  if (atOnce) await open();
  return {post, section, open: async () => { await open(); const rows = section.querySelector(".post-rows"); if (rows) rows.open = true; }};
}

/** Finds a roll number in the whole list, opens its post and marks the row; or leaves one post alone to be seen. */
function searchCard(cards) {
  const post = h("select", {id: "choose-post", onchange: () => choose(post.value)}, h("option", {value: ""}, t("list.every_post", {count: formatNumber(cards.length)})), cards.map(({post: one}) => h("option", {value: one.code}, `${one.code} · ${one.title}`)));
  function choose(code) {
    for (const card of cards) card.section.hidden = code !== "" && card.post.code !== code;
    if (code) void cards.find((card) => card.post.code === code).open();
  }
  const number = h("input", {type: "search", class: "code", id: "search-roll", autocomplete: "off", spellcheck: "false", placeholder: t("column.roll_number")}), said = h("p", {role: "status"});
  async function find(event) {
    event.preventDefault();
    document.querySelectorAll("tr.found").forEach((row) => row.classList.remove("found"));
    const wanted = number.value.trim().toUpperCase();
    if (!wanted) return void fill(said, t("rule.required", {field: t("column.roll_number")}));
    for (const card of cards) {
      if (!(await source.rows(card.post)).some((row) => row.roll_number.toUpperCase() === wanted)) continue;
      choose(post.value = "");
      await card.open();
      const row = document.getElementById("row-" + wanted);
      row.closest("details:not(.post-rows)")?.setAttribute("open", "");
      row.classList.add("found");
      row.tabIndex = -1;
      row.focus({preventScroll: true});
      row.scrollIntoView({block: "center"});
      return void fill(said, t("list.found", {roll: wanted, post: `${card.post.code} · ${card.post.title}`}));
    }
    fill(said, t("list.not_found", {roll: wanted}));
  }
  return h("form", {class: "search-card", role: "search", onsubmit: find}, h("div", {class: "field"}, h("label", {for: "choose-post"}, t("list.posts")), post),
    h("div", {class: "field"}, h("label", {for: "search-roll"}, t("list.search")), h("div", {class: "joined"}, number, h("button", {type: "submit"}, t("list.search_do")))), said);
}

/** Her letter, from the server alone: the folder of files has no names and no letters. */
function letterButton(code, roll_number, birth_date) {
  return isStatic ? null : h("p", {}, h("button", {type: "button", onclick: async () => {
    const answer = await fetch(`/api/v1/releases/${code}/letter`, {method: "POST", headers: {"Content-Type": "application/json", "X-Khoacu": "1"}, credentials: "omit", body: JSON.stringify({roll_number, birth_date, lang: currentLanguage()})});
    if (!answer.ok) return;
    const link = h("a", {href: URL.createObjectURL(await answer.blob()), download: `${code}-${roll_number}.pdf`});
    link.click();
    URL.revokeObjectURL(link.href);
  }}, t("lookup.letter")));
}

function lookupCard(code, version) {
  const roll = h("input", {type: "text", class: "code", autocomplete: "off", spellcheck: "false"});
  const birth = h("input", {type: "text", inputmode: "numeric", autocomplete: "bday", placeholder: t("lookup.date_form")});
  const result = h("div", {"aria-live": "polite"});
  const form = h("form", {class: "card", id: "lookup", novalidate: true, onsubmit: submit}, h("h2", {}, t("lookup.title")),
    field("roll_number", t("column.roll_number"), roll), field("birth_date", t("lookup.birth"), birth, t("lookup.birth_hint")), h("button", {class: "primary", type: "submit"}, t("lookup.do")), result);

  async function submit(event) {
    event.preventDefault();
    const errors = {};
    if (!roll.value.trim()) errors.roll_number = t("rule.required", {field: t("column.roll_number")});
    const date = birth.value.trim().replace(/[.\s-]/g, "/").match(/^(\d{1,2})\/(\d{1,2})\/(\d{4})$/);
    if (!date) errors.birth_date = t("lookup.date_wrong");
    showErrors(form, errors);
    fill(result);
    if (Object.keys(errors).length > 0) return;
    const birth_date = `${date[3]}-${date[2].padStart(2, "0")}-${date[1].padStart(2, "0")}`;
    try {
      const answer = await source.lookup(code, version, roll.value.trim().toUpperCase(), birth_date);
      if (!answer.ok) return void fill(result, h("div", {class: "banner warn"}, problemText(answer)));
      const row = answer.data.row;
      fill(result, h("div", {class: "banner " + (row.outcome === "selected" ? "ok" : "")}, h("p", {}, h("strong", {}, `${row.roll_number}: ${word("outcome.", row.outcome)}`), " · ", word("reason.", row.reason)),
        row.post ? h("p", {}, row.post) : null, derivationList(answer.data.derivation), letterButton(code, row.roll_number, birth_date)));
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      fill(result, h("div", {class: "banner warn"}, t("problem.network")));
    }
  }
  return form;
}

function checkCard(code, {version, sha256, verify_code}) {
  return h("section", {class: "card", id: "check"}, h("h2", {}, t("check.title")), h("p", {}, t("check.text")), checkTool({code, version, sha256}),
    h("p", {class: "row"}, h("a", {class: "button", href: source.file(code, version, "json"), download: `${code}-v${version}.json`}, t("list.json")),
      h("a", {class: "button", href: source.file(code, version, "csv"), download: `${code}-v${version}.csv`}, t("list.csv")),
      h("a", {class: "button", href: source.file(code, version, "xlsx"), download: `${code}-v${version}.xlsx`}, t("list.xlsx")), h("a", {class: "button", href: source.file(code, version, "pdf"), download: `${code}-v${version}.pdf`}, t("list.pdf"))),
    h("p", {}, t("check.hash"), h("br"), h("span", {class: "hash"}, sha256)), h("p", {}, t("verify.code"), ": ", h("a", {href: "/verify/" + verify_code}, verify_code)));
}

/** The rules it rests on, who answers for it, and the versions before. */
function aboutCard(code, list, cause) {
  const fact = (name, value) => (value ? [h("dt", {}, t("list." + name)), h("dd", {}, value)] : null);
  return h("section", {class: "card about"}, h("h2", {}, t("list.about")), h("dl", {class: "facts"}, fact("authority", authorityOf(list.cycle)), fact("basis", `${list.pack.id} (${t("list.version", {version: list.pack.version})}) · ${list.pack.basis ?? ""}`),
    fact("cause", cause)), list.versions.length > 1 ? h("details", {}, h("summary", {}, t("list.versions")), h("ul", {}, list.versions.map((v) =>
    h("li", {}, h("a", {href: `#/${code}/${v.version}`}, t("list.version", {version: v.version})), ` · ${formatDateTime(v.published_at)} · ${v.cause}`)))) : null);
}

/** A link within the page: the address stays that of the list. */
const leap = (id, words) => h("a", {href: "#" + id, onclick: (event) => {
  event.preventDefault();
  const place = document.getElementById(id);
  place.scrollIntoView();
  place.querySelector("h2").tabIndex = -1;
  place.querySelector("h2").focus({preventScroll: true});
}}, words);

export async function listView(show, code, version) {
  const answer = await source.release(code, version);
  if (answer.status === 404) return failView(show, t("list.absent", {code}), t("list.absent_title"));
  if (!answer.ok) return failView(show, problemText(answer));
  const list = answer.data, newest = Math.max(...list.versions.map((v) => v.version)), cause = list.versions.find((v) => v.version === list.version)?.cause ?? "";
  const sum = (count) => formatNumber(list.posts.reduce((all, post) => all + count(post), 0)), total = list.posts.reduce((all, post) => all + numbers(post).all, 0);
  const cards = await Promise.all(list.posts.map((post, i) => postCard(post, total <= ROWS_AT_ONCE || (i === 0 && numbers(post).all <= ROWS_AT_ONCE))));
  const old = list.version < newest ? h("div", {class: "banner warn"}, h("p", {}, t("list.replaced", {version: newest}), " ", h("a", {href: "#/" + code}, t("list.newest")))) : null;
  const ties = list.ties?.length ? h("section", {class: "card"}, h("h2", {}, t("list.ties")), h("ul", {}, list.ties.map((tie) => h("li", {}, `${tie.post ?? ""} ${(tie.roll_numbers ?? []).join(", ")}: ${tie.reason ?? ""}`)))) : null;
  show(titleOf(list.cycle), frame(h("main", {}, old, h("h1", {}, titleOf(list.cycle)),
    h("p", {class: "summary"}, demonstrationTag(list.cycle), h("span", {}, t("list.quota", {quota: sum((post) => post.quota), passed: sum((post) => numbers(post).passed), all: formatNumber(total)})),
      h("span", {class: "muted"}, t("list.published_at", {at: formatDateTime(list.published_at), version: list.version}))),
    h("nav", {class: "leaps", "aria-label": t("list.leaps")}, leap("lookup", t("list.leap_lookup")), leap("check", t("list.leap_check"))),
    h("div", {class: "two"}, h("div", {}, searchCard(cards), list.version > 1 ? changesCard(code, list.version, cause) : null, cards.map((card) => card.section), ties),
      h("aside", {"aria-label": t("list.beside")}, lookupCard(code, list.version), checkCard(code, list), aboutCard(code, list, cause))))));
}
