// list.js: one published list: by post, with look-up, files and the way to check it.

import {h, fill, showView} from "/assets/shared/dom.js";
import {t, has, formatDateTime, formatMark, formatNumber} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {field, showErrors} from "/assets/shared/form.js";
import {derivationList} from "/assets/shared/derivation.js";
import {frame, failView, titleOf, authorityOf, demonstrationTag} from "/assets/public/app.js";

const word = (prefix, key) => (has(prefix + key) ? t(prefix + key) : key);

function rowOf(row) {
  const cell = (name, value, number = true) => h("td", {class: number ? "number" : null, "data-label": t("column." + name)}, value);
  return h("tr", {class: row.outcome === "selected" ? "selected" : null, id: "row-" + row.roll_number},
    h("th", {scope: "row", "data-label": t("column.roll_number")}, row.roll_number), cell("rank", row.rank ?? "–"), cell("raw", formatMark(row.raw)),
    cell("priority", formatMark(row.priority)), cell("total", formatMark(row.total)), cell("outcome", word("outcome.", row.outcome), false),
    cell("agency", row.agency ?? "", false), cell("reason", word("reason.", row.reason), false));
}

function postCard(post) {
  const columns = ["roll_number", "rank", "raw", "priority", "total", "outcome", "agency", "reason"];
  const passed = post.rows.filter((row) => row.rank !== null), others = post.rows.filter((row) => row.rank === null);
  const table = (rows, caption) => h("div", {class: "table-wrap", tabindex: "0", role: "region", "aria-label": caption}, h("table", {class: "list-table"}, h("caption", {}, caption),
    h("thead", {}, h("tr", {}, columns.map((name) => h("th", {scope: "col", class: ["rank", "raw", "priority", "total"].includes(name) ? "number" : null}, t("column." + name))))),
    h("tbody", {}, rows.map(rowOf))));
  return h("section", {class: "card", id: "post-" + post.code, "aria-labelledby": "title-" + post.code},
    h("div", {class: "post-head"}, h("h3", {id: "title-" + post.code}, `${post.code} · ${post.title}`), h("span", {class: "muted"}, t("list.quota", {quota: formatNumber(post.quota), passed: formatNumber(passed.length), all: formatNumber(post.rows.length)}))),
    h("p", {class: "muted"}, post.agencies.map((agency) => `${agency.name} (${agency.code}): ${agency.quota}`).join(" · ")),
    passed.length ? table(passed, t("list.ranked")) : h("p", {}, t("list.nobody_passed")),
    others.length ? h("details", {}, h("summary", {}, t("list.not_ranked", {count: formatNumber(others.length)})), table(others, t("list.not_ranked", {count: formatNumber(others.length)}))) : null);
}

function lookupCard(code) {
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
      const answer = await api("POST", `/releases/${code}/lookup`, {roll_number: roll.value.trim().toUpperCase(), birth_date});
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

/** Downloads the file again and compares its hash with the one on this page. */
function checkCard(code, version, sha256) {
  const result = h("p", {role: "status"});
  async function compare() {
    fill(result, t("check.running"));
    const bytes = await (await fetch(`/api/v1/releases/${code}/list.json?version=${version}`)).arrayBuffer();
    const digest = Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)), (b) => b.toString(16).padStart(2, "0")).join("");
    fill(result, h("span", {class: "tag " + (digest === sha256 ? "ok" : "stop")}, digest === sha256 ? "✓ " + t("check.same") : "✕ " + t("check.different")));
  }
  return h("section", {class: "card"}, h("h2", {}, t("check.title")), h("p", {}, t("check.text")),
    h("p", {}, h("code", {}, `khoacu verify ${code}-v${version}.json`)),
    h("p", {class: "row"}, h("a", {class: "button", href: `/api/v1/releases/${code}/list.json?version=${version}`, download: `${code}-v${version}.json`}, t("list.json")),
      h("a", {class: "button", href: `/api/v1/releases/${code}/list.csv?version=${version}`, download: `${code}-v${version}.csv`}, t("list.csv"))),
    h("p", {}, t("check.hash"), h("br"), h("span", {class: "hash"}, sha256)), h("button", {type: "button", onclick: compare}, t("check.do")), result);
}

export async function listView(root, code, version) {
  const answer = await api("GET", `/releases/${code}` + (version ? `?version=${version}` : ""));
  if (!answer.ok) return failView(problemText(answer));
  const list = answer.data, newest = Math.max(...list.versions.map((v) => v.version));
  const old = list.version < newest ? h("div", {class: "banner warn"}, h("p", {}, t("list.replaced", {version: newest}), " ", h("a", {href: "#/" + code}, t("list.newest")))) : null;
  const versions = list.versions.length > 1 ? h("details", {}, h("summary", {}, t("list.versions")), h("ul", {}, list.versions.map((v) =>
    h("li", {}, h("a", {href: `#/${code}/${v.version}`}, t("list.version", {version: v.version})), ` · ${formatDateTime(v.published_at)} · ${v.cause}`)))) : null;
  const ties = list.ties?.length ? h("section", {class: "card"}, h("h2", {}, t("list.ties")), h("ul", {}, list.ties.map((tie) => h("li", {}, `${tie.post ?? ""} ${(tie.roll_numbers ?? []).join(", ")}: ${tie.reason ?? ""}`)))) : null;
  showView(root, titleOf(list.cycle), frame(h("main", {}, old, h("h1", {}, titleOf(list.cycle)), h("p", {}, demonstrationTag(list.cycle)),
    h("div", {class: "two"}, h("dl", {class: "facts"}, h("dt", {}, t("list.authority")), h("dd", {}, authorityOf(list.cycle)), h("dt", {}, t("list.basis")), h("dd", {}, `${list.pack.id} (${t("list.version", {version: list.pack.version})}) · ${list.pack.basis ?? ""}`),
      h("dt", {}, t("list.published")), h("dd", {}, `${formatDateTime(list.published_at)} · ${t("list.version", {version: list.version})}`), h("dt", {}, t("list.cause")), h("dd", {}, list.versions.find((v) => v.version === list.version)?.cause ?? "")),
      h("nav", {"aria-label": t("list.posts")}, h("ul", {}, list.posts.map((post) => h("li", {}, h("a", {href: "#post-" + post.code, onclick: (event) => { event.preventDefault(); document.getElementById("post-" + post.code).scrollIntoView(); }}, `${post.code} · ${post.title}`)))))),
    versions, h("div", {class: "grid"}, lookupCard(code), checkCard(code, list.version, list.sha256)), ties, list.posts.map(postCard))));
}
