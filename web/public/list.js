// list.js: one published list: by post, with look-up, files and the way to check it.

import {h, fill, showView} from "/assets/shared/dom.js";
import {t, has, formatDateTime, formatMark, formatNumber} from "/assets/shared/i18n.js";
import {NetworkError, problemText} from "/assets/shared/api.js";
import {field, showErrors} from "/assets/shared/form.js";
import {derivationList} from "/assets/shared/derivation.js";
import {source} from "/assets/public/source.js";
import {totalsChart} from "/assets/public/chart.js";
import {checkTool} from "/assets/public/verify.js";
import {frame, failView, titleOf, authorityOf, demonstrationTag} from "/assets/public/app.js";

const word = (prefix, key) => (has(prefix + key) ? t(prefix + key) : key);

function rowOf(row) {
  const cell = (name, value, number = true) => h("td", {class: number ? "number" : null, "data-label": t("column." + name)}, value);
  return h("tr", {class: row.outcome === "selected" ? "selected" : null, id: "row-" + row.roll_number},
    h("th", {scope: "row", "data-label": t("column.roll_number")}, row.roll_number), cell("rank", row.rank ?? "–"), cell("raw", formatMark(row.raw)),
    cell("priority", formatMark(row.priority)), cell("total", formatMark(row.total)), cell("outcome", word("outcome.", row.outcome), false),
    cell("agency", row.agency ?? "", false), cell("reason", word("reason.", row.reason), false));
}

const ROWS_AT_ONCE = 600;

/** The tables of one post; a long list shows them when they are opened. */
async function postRows(post) {
  const columns = ["roll_number", "rank", "raw", "priority", "total", "outcome", "agency", "reason"], all = await source.rows(post);
  const passed = all.filter((row) => row.rank !== null), others = all.filter((row) => row.rank === null);
  const table = (rows, caption) => h("div", {class: "table-wrap", tabindex: "0", role: "region", "aria-label": caption}, h("table", {class: "list-table"}, h("caption", {}, caption),
    h("thead", {}, h("tr", {}, columns.map((name) => h("th", {scope: "col", class: ["rank", "raw", "priority", "total"].includes(name) ? "number" : null}, t("column." + name))))),
    h("tbody", {}, rows.map(rowOf))));
  return [totalsChart(all, `${post.code} · ${post.title}`), passed.length ? table(passed, `${t("list.ranked")}, ${post.code}`) : h("p", {}, t("list.nobody_passed")),
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
    h("div", {class: "post-head"}, h("h3", {id: "title-" + post.code}, `${post.code} · ${post.title}`), h("span", {class: "muted"}, t("list.quota", {quota: formatNumber(post.quota), passed: formatNumber(passed), all: formatNumber(all)}))),
    h("p", {class: "muted"}, post.agencies.map((agency) => `${agency.name} (${agency.code}): ${agency.quota}`).join(" · ")),
    atOnce ? body : h("details", {class: "post-rows", ontoggle: open}, h("summary", {}, t("list.show")), body));
  if (atOnce) await open();
  return {post, section, open: async () => { await open(); const rows = section.querySelector(".post-rows"); if (rows) rows.open = true; }};
}

/** Finds a roll number in the whole list, opens its post and marks the row. */
function searchCard(cards) {
  const number = h("input", {type: "search", class: "code", id: "search-roll", autocomplete: "off", spellcheck: "false"}), said = h("p", {role: "status"});
  async function find(event) {
    event.preventDefault();
    document.querySelectorAll("tr.found").forEach((row) => row.classList.remove("found"));
    const wanted = number.value.trim().toUpperCase();
    if (!wanted) return void fill(said, t("rule.required", {field: t("column.roll_number")}));
    for (const card of cards) {
      if (!(await source.rows(card.post)).some((row) => row.roll_number.toUpperCase() === wanted)) continue;
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
  return h("form", {class: "card search-card", role: "search", onsubmit: find}, h("div", {class: "field"}, h("label", {for: "search-roll"}, t("list.search")), number), h("button", {type: "submit"}, t("list.search_do")), said);
}

function lookupCard(code, version) {
  const roll = h("input", {type: "text", class: "code", autocomplete: "off", spellcheck: "false"});
  const birth = h("input", {type: "text", inputmode: "numeric", autocomplete: "bday", placeholder: t("lookup.date_form")});
  const result = h("div", {"aria-live": "polite"});
  const form = h("form", {class: "card", novalidate: true, onsubmit: submit}, h("h2", {}, t("lookup.title")),
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
        row.post ? h("p", {}, row.post) : null, derivationList(answer.data.derivation)));
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
      h("a", {class: "button", href: source.file(code, version, "csv"), download: `${code}-v${version}.csv`}, t("list.csv"))),
    h("p", {}, t("check.hash"), h("br"), h("span", {class: "hash"}, sha256)), h("p", {}, t("verify.code"), ": ", h("a", {href: "/verify/" + verify_code}, verify_code)));
}

export async function listView(root, code, version) {
  const answer = await source.release(code, version);
  if (!answer.ok) return failView(problemText(answer));
  const list = answer.data, newest = Math.max(...list.versions.map((v) => v.version));
  const total = list.posts.reduce((sum, post) => sum + numbers(post).all, 0);
  const cards = await Promise.all(list.posts.map((post) => postCard(post, total <= ROWS_AT_ONCE)));
  const old = list.version < newest ? h("div", {class: "banner warn"}, h("p", {}, t("list.replaced", {version: newest}), " ", h("a", {href: "#/" + code}, t("list.newest")))) : null;
  const versions = list.versions.length > 1 ? h("details", {}, h("summary", {}, t("list.versions")), h("ul", {}, list.versions.map((v) =>
    h("li", {}, h("a", {href: `#/${code}/${v.version}`}, t("list.version", {version: v.version})), ` · ${formatDateTime(v.published_at)} · ${v.cause}`)))) : null;
  const ties = list.ties?.length ? h("section", {class: "card"}, h("h2", {}, t("list.ties")), h("ul", {}, list.ties.map((tie) => h("li", {}, `${tie.post ?? ""} ${(tie.roll_numbers ?? []).join(", ")}: ${tie.reason ?? ""}`)))) : null;
  showView(root, titleOf(list.cycle), frame(h("main", {}, old, h("h1", {}, titleOf(list.cycle)), h("p", {}, demonstrationTag(list.cycle)),
    h("div", {class: "two"}, h("dl", {class: "facts"}, h("dt", {}, t("list.authority")), h("dd", {}, authorityOf(list.cycle)), h("dt", {}, t("list.basis")), h("dd", {}, `${list.pack.id} (${t("list.version", {version: list.pack.version})}) · ${list.pack.basis ?? ""}`),
      h("dt", {}, t("list.published")), h("dd", {}, `${formatDateTime(list.published_at)} · ${t("list.version", {version: list.version})}`), h("dt", {}, t("list.cause")), h("dd", {}, list.versions.find((v) => v.version === list.version)?.cause ?? "")),
      h("nav", {"aria-label": t("list.posts")}, h("ul", {}, list.posts.map((post) => h("li", {}, h("a", {href: "#post-" + post.code, onclick: (event) => { event.preventDefault(); document.getElementById("post-" + post.code).scrollIntoView(); }}, `${post.code} · ${post.title}`)))))),
    versions, searchCard(cards), h("div", {class: "grid"}, lookupCard(code, list.version), checkCard(code, list)), ties, cards.map((card) => card.section))));
}
