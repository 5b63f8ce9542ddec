// scan.js: the script officer's page of paper scripts: bags of sheets, the register of counterfoils, scans, pages to look at.

import {h, fill, toast} from "/assets/shared/dom.js";
import {t, has, currentLanguage, formatNumber, formatDateTime} from "/assets/shared/i18n.js";
import {field, showErrors} from "/assets/shared/form.js";
import {dataTable} from "/assets/shared/table.js";
import {api, problemText, NetworkError} from "/assets/shared/api.js";
import {saveFile} from "/assets/staff/bank/frame.js";
import {page, read, act} from "/assets/staff/app.js";

const outcome = (key) => (has("scan.outcome." + key) ? t("scan.outcome." + key) : key);
const tidy = (bag) => bag.unscanned + bag.unregistered + bag.aside === 0;
const state = (bag) => (bag.scanned === 0 && bag.registered === 0 ? h("span", {class: "tag"}, t("scan.state.new")) : tidy(bag) ? h("span", {class: "tag ok"}, t("scan.state.tidy")) : h("span", {class: "tag warn"}, t("scan.state.open")));

/** Sends; a refusal stands at the field that it names, else at the first of `labels`, which are by what the interface calls them. */
async function attempt(form, labels, path, body) {
  const answer = await api("POST", path, body).catch(() => null), named = Object.entries(labels), errors = {};
  if (answer?.ok) return answer.data ?? true;
  for (const error of answer?.problem?.errors ?? []) {
    const [, [id, label]] = named.find(([name]) => name === error.path) ?? named[0];
    errors[id] = t(has("rule." + error.rule) ? "rule." + error.rule : "rule.form", {...error, field: label});
  }
  showErrors(form, Object.keys(errors).length ? errors : {[named[0][1][0]]: answer ? problemText(answer) : t("problem.network")});
  return null;
}

/** Bags of a cycle. */
export async function scansView(code) {
  const cycles = await read("/marking-cycles");
  if (!cycles) return;
  const chosen = code ?? cycles.items.find((c) => !c.opened)?.code ?? cycles.items[0]?.code;
  if (!chosen) return page(t("menu.scans"), h("h1", {}, t("menu.scans")), h("div", {class: "card empty"}, h("p", {}, t("scan.no_cycles"))));
  const answer = await read(`/cycles/${chosen}/scan-bags`);
  if (!answer) return;
  const opened = cycles.items.find((c) => c.code === chosen)?.opened;
  const cycle = h("select", {onchange: () => { location.hash = "#/scans/" + cycle.value; }}, cycles.items.map((c) => h("option", {value: c.code, selected: c.code === chosen}, `${c.code} · ${currentLanguage() === "vi" ? c.title_vi : c.title_en}`)));
  const bag = h("input", {type: "text", maxlength: "20", autocomplete: "off"}), sheets = h("input", {type: "number", min: "1", max: "200", value: "40"});
  const form = h("form", {class: "card stack", novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    const made = await attempt(form, {code: ["code", t("scan.bag")], sheets: ["sheets", t("scan.sheets")]}, `/cycles/${chosen}/scan-bags`, {code: bag.value.trim().toUpperCase(), sheets: Number(sheets.value) || 0});
    if (made) location.hash = "#/scan-bags/" + made.bag_id;
  }}, h("h2", {}, t("scan.new")), field("code", t("scan.bag"), bag, t("scan.bag_hint")), field("sheets", t("scan.sheets"), sheets, t("scan.sheets_hint")), h("div", {class: "row"}, h("button", {class: "primary", type: "submit"}, t("scan.make"))));
  const number = (key) => ({title: t("scan." + key), number: true, value: (b) => formatNumber(b[key])});
  page(t("menu.scans"), h("h1", {}, t("menu.scans")), h("p", {class: "lead"}, t("scan.lead")), field("scan-cycle", t("scan.cycle"), cycle), opened ? h("p", {class: "banner warn"}, t("scan.late")) : null,
    dataTable(t("scan.bags"), [{title: t("scan.bag"), value: (b) => h("a", {href: "#/scan-bags/" + b.bag_id}, b.code)}, number("issued"), number("registered"), number("scanned"), number("unscanned"), number("unregistered"), number("aside"), {title: t("scan.state"), value: state}], answer.items, {empty: t("scan.no_bags")}),
    opened ? null : form);
}

function registerForm(bag, again) {
  const lines = h("textarea", {rows: "8", maxlength: "40000", autocomplete: "off", spellcheck: false}), reason = h("input", {type: "text", maxlength: "2000", autocomplete: "off"}), report = h("div", {role: "status"});
  const form = h("form", {class: "stack", novalidate: true, onsubmit: async (event) => {
    event.preventDefault();
    const words = reason.value.trim();
    const answer = await attempt(form, {lines: ["lines", t("scan.lines")], reason: ["reason", t("scan.correct")]}, `/scan-bags/${bag.bag_id}/registrations`, words ? {lines: lines.value, reason: words} : {lines: lines.value});
    if (!answer) return;
    if (answer.kept > 0) {
      toast(t("scan.registered_done", {count: formatNumber(answer.kept)}));
      return again();
    }
    const bad = answer.lines.filter((line) => !["kept", "corrected"].includes(line.outcome));
    fill(report, h("p", {class: "banner warn"}, t("scan.register_refused")), dataTable(t("scan.register_refused"), [{title: t("scan.line"), value: (line) => formatNumber(line.line)}, {title: t("scan.why"), value: (line) => outcome(line.outcome)}], bad));
  }}, field("lines", t("scan.lines"), lines, t("scan.lines_hint")), field("reason", t("scan.correct"), reason, t("scan.correct_hint")), h("div", {class: "row"}, h("button", {class: "primary", type: "submit"}, t("scan.register_do"))), report);
  return h("section", {class: "card stack"}, h("h2", {}, t("scan.register")), h("p", {}, t("scan.register_text")), form);
}

/** Files go one by one, so that the bar tells the truth and a lost network loses one file at most. */
function importForm(bag, again) {
  const input = h("input", {type: "file", multiple: true, accept: ".png,.jpg,.jpeg,.pdf,.zip"}), report = h("div", {role: "status"});
  const bar = h("progress", {max: "1", value: "0", hidden: true, "aria-label": t("scan.progress")});
  const button = h("button", {class: "primary", type: "submit"}, t("scan.send"));
  const send = async (event) => {
    event.preventDefault();
    const files = [...input.files], sum = {files: 0, known: 0, pages: 0, kept: 0, aside: 0, refused: 0}, refusals = [];
    if (files.length === 0) return;
    button.disabled = true;
    bar.hidden = false;
    bar.max = files.length;
    for (const [i, file] of files.entries()) {
      fill(report, h("p", {class: "muted"}, t("scan.sending", {at: formatNumber(i + 1), count: formatNumber(files.length)})));
      const answer = await act("POST", `/scan-bags/${bag.bag_id}/files?name=${encodeURIComponent(file.name.slice(-100))}`, file, {type: "application/octet-stream", timeout_ms: 300000});
      if (!answer) break;
      for (const key of Object.keys(sum)) sum[key] += answer[key];
      refusals.push(...answer.refusals);
      bar.value = i + 1;
    }
    button.disabled = false;
    bar.hidden = true;
    await again(h("div", {}, h("p", {class: "banner " + (sum.refused || sum.aside ? "warn" : "ok")}, t("scan.done", Object.fromEntries(Object.entries(sum).map(([key, value]) => [key, formatNumber(value)])))),
      refusals.length ? dataTable(t("scan.refusals"), [{title: t("scan.file"), value: (r) => r.name}, {title: t("scan.why"), value: (r) => outcome(r.outcome)}], refusals) : null));
  };
  return h("section", {class: "card stack"}, h("h2", {}, t("scan.import")), h("p", {}, t("scan.import_text")), h("form", {class: "stack", novalidate: true, onsubmit: send}, field("scan-files", t("scan.files"), input, t("scan.files_hint")), h("div", {class: "row"}, button, bar)), report);
}

/** A page that says not of itself what it is: looked at, turned, cut above, and given its sheet; or left out. */
function asideCard(aside, again) {
  let turns = 0;
  const id = (name) => `${name}-${aside.aside_id}`;
  const picture = h("img", {src: "/api/v1/scan-asides/" + aside.aside_id + "/picture", alt: t("scan.aside_alt"), class: "scan-picture"}), line = h("div", {class: "scan-line", "aria-hidden": "true"});
  const frame = h("div", {class: "scan-frame"}, picture, line);
  const cut = h("input", {type: "range", min: "0", max: "60", value: "25"}), sheet = h("input", {type: "text", maxlength: "12", autocomplete: "off"}), reason = h("input", {type: "text", maxlength: "2000", autocomplete: "off"});
  // The picture lies in a square, so that it may be turned within it; the line stands where the upright page is cut.
  const lay = () => {
    const side = frame.clientWidth, tall = picture.naturalHeight || 1, wide = picture.naturalWidth || 1, height = (turns % 2 ? wide : tall) * side / Math.max(tall, wide);
    picture.style.transform = `rotate(${turns * 90}deg)`;
    line.style.top = `${(side - height) / 2 + height * Number(cut.value) / 100}px`;
  };
  picture.onload = lay;
  cut.oninput = lay;
  const decide = async (event, code) => {
    event.preventDefault();
    const errors = reason.value.trim().length < 10 ? {[id("reason")]: t("scan.reason_short")} : {};
    showErrors(form, errors);
    if (errors[id("reason")]) return;
    if (await attempt(form, {sheet: [id("sheet"), t("scan.code")], reason: [id("reason"), t("scan.reason")]}, `/scan-asides/${aside.aside_id}/decision`, {sheet: code, turns, cut: Number(cut.value) * 100, reason: reason.value.trim()})) {
      toast(t("scan.aside_done"));
      await again();
    }
  };
  const form = h("form", {class: "stack", novalidate: true, onsubmit: (event) => {
    event.preventDefault();
    return sheet.value.trim() ? decide(event, sheet.value.trim()) : showErrors(form, {[id("sheet")]: t("scan.aside_no_sheet")});
  }}, field(id("sheet"), t("scan.code"), sheet, t("scan.code_hint")), field(id("cut"), t("scan.cut"), cut, t("scan.cut_hint")), field(id("reason"), t("scan.reason"), reason, t("scan.reason_hint")),
  h("div", {class: "row"}, h("button", {class: "primary", type: "submit"}, t("scan.assign")), h("button", {type: "button", onclick: () => { turns = (turns + 1) % 4; lay(); }}, t("scan.turn")), h("button", {type: "button", onclick: (event) => decide(event, "")}, t("scan.leave_out"))));
  return h("article", {class: "card scan-aside"}, h("h3", {}, t("scan.aside_title", {file: aside.file_sha256.slice(0, 8), page: formatNumber(aside.page)})), h("p", {}, t("scan.aside." + aside.why)), h("div", {class: "scan-columns"}, frame, form));
}

/** One bag. */
export async function scanBagView(id, note = null) {
  const bag = await read("/scan-bags/" + id);
  if (!bag) return;
  const again = (words) => scanBagView(id, words instanceof Node ? words : null);
  const print = async () => {
    try {
      const answer = await api("GET", `/scan-bags/${id}/sheets.pdf`, undefined, {timeout_ms: 120000});
      if (answer.ok) saveFile(`${bag.code}.pdf`, answer.data, "application/pdf");
      else toast(problemText(answer));
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      toast(t("problem.network"));
    }
  };
  const fact = (key) => [h("dt", {}, t("scan." + key)), h("dd", {}, formatNumber(bag[key]))];
  const title = `${t("scan.bag")} ${bag.code} · ${bag.cycle}`;
  page(title, h("p", {}, h("a", {href: "#/scans/" + bag.cycle}, "← " + t("menu.scans"))), h("h1", {}, title), h("p", {class: "row"}, state(bag), h("span", {class: "muted"}, t("scan.made_at", {at: formatDateTime(bag.made_at)})), h("button", {type: "button", onclick: print}, t("scan.print"))),
    h("div", {class: "stack"}, note, h("dl", {class: "facts"}, ["issued", "registered", "scanned", "unscanned", "unregistered", "aside"].map(fact)),
    bag.odd.length ? h("section", {}, h("h2", {}, t("scan.odd")), dataTable(t("scan.odd"), [{title: t("scan.code"), value: (s) => h("code", {}, s.sheet)}, {title: t("scan.why"), value: (s) => t("scan.missing." + s.missing)}], bag.odd)) : null,
    bag.asides.length ? h("section", {class: "stack"}, h("h2", {}, t("scan.asides")), bag.asides.map((aside) => asideCard(aside, again))) : null),
    importForm(bag, again), registerForm(bag, again));
}
