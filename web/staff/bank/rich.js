// rich.js: a text of an item in one language: typed in the notation, stored as markup, formulas turned into MathML by the
// server, pictures and sounds kept in the bank. One bar of tools serves all such fields of a page.

import {h, fill, toast} from "/assets/shared/dom.js";
import {t} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {field, showErrors} from "/assets/shared/form.js";
import {inLanguage} from "/assets/staff/bank/words.js";
import {toNotation, toMarkup} from "/assets/staff/bank/notation.js";
import {markupNodes} from "/assets/staff/bank/markup.js";

const formulas = new Map();      // tex → MathML
const refused = new Map();       // tex → why
const typed = new WeakMap();     // text object → {vi: what stands in the field, en: …}
let last = null;                 // the rich field that was used last

/** MathML of a formula, or null with the reason in `refused`. */
async function formula(tex) {
  if (formulas.has(tex)) return formulas.get(tex);
  try {
    const answer = await api("POST", "/formulas", {tex});
    if (answer.ok && answer.data.mathml) {
      formulas.set(tex, answer.data.mathml);
      return answer.data.mathml;
    }
    const fault = answer.data?.fault;
    refused.set(tex, fault ? [inLanguage(fault, "message"), fault.detail].filter(Boolean).join(" ") : problemText(answer));
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    refused.set(tex, t("problem.network"));
  }
  return null;
}

/** text: {vi, en} of the model; `changed()` after each change. `blocks` false: an option's line. */
export function richField(path, label, text, language, {blocks = true, changed, hint = null, rows} = {}) {
  const kept = typed.get(text) ?? {};
  typed.set(text, kept);
  const known = text[language] ? toNotation(text[language]) : {text: "", formulas: new Map()};
  known?.formulas.forEach((markup, tex) => formulas.set(tex, markup));
  let source = kept[language + ".source"] ?? known === null;
  const area = h("textarea", {rows: rows ?? (blocks ? 5 : 1), lang: language, spellcheck: "true", class: blocks ? "rich" : "rich line", "data-rich": "1"});
  area.value = kept[language] ?? (source ? text[language] : known.text);
  const note = h("p", {class: "hint warn-text", hidden: true, role: "status"});
  let turn = 0;

  async function store() {
    kept[language] = area.value;
    kept[language + ".source"] = source;
    if (source) {
      text[language] = area.value;
      return changed();
    }
    const mine = ++turn;
    let made = toMarkup(area.value, {formulas, blocks});
    text[language] = made.markup;
    changed();
    const missing = made.missing.filter((tex) => !refused.has(tex));
    if (missing.length) {
      await Promise.all(missing.map(formula));
      if (mine !== turn) return;
      made = toMarkup(area.value, {formulas, blocks});
      text[language] = made.markup;
      changed();
    }
    const wrong = made.tex.filter((tex) => refused.has(tex));
    note.hidden = wrong.length === 0;
    note.textContent = wrong.map((tex) => t("editor.tex_refused", {tex, why: refused.get(tex)})).join(" ");
  }
  let timer = 0;
  area.addEventListener("input", (event) => {
    grow();
    if (event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(store, area.value.includes("$") ? 400 : 120);
  });
  area.addEventListener("compositionend", store);
  area.addEventListener("blur", () => { clearTimeout(timer); if (kept[language] !== area.value) void store(); });
  const grow = () => {
    area.rows = Math.max(rows ?? (blocks ? 4 : 1), Math.min(24, area.value.split("\n").reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 52)), 0)));
  };
  const box = field(path, label, area, hint);
  box.append(note);
  if (source) box.append(h("p", {class: "hint"}, t("editor.source_mode")));
  box.classList.add("rich-box");
  grow();
  const self = {area, blocks, isSource: () => source, insert(before, after = "", dummy = "") {
    const {selectionStart: from, selectionEnd: to, value} = area;
    const middle = value.slice(from, to) || dummy;
    area.setRangeText(before + middle + after, from, to, "end");
    area.setSelectionRange(from + before.length, from + before.length + middle.length);
    area.focus();
    area.dispatchEvent(new Event("input"));
  }};
  area.addEventListener("focus", () => { last = self; });
  area.rich = self;
  return box;
}

const wrap = (mark, close = mark) => (rich) => rich.insert(mark, close);
const startLine = (sign) => (rich) => {
  const {area} = rich, from = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  area.setRangeText(sign, from, from, "end");
  rich.insert("");
};

/** A small dialog of tools; gives what `take()` gives when it is confirmed. */
function toolDialog(title, content, take, confirm = t("insert")) {
  return new Promise((resolve) => {
    let value = null;
    const form = h("form", {novalidate: true, onsubmit: async (event) => {
      event.preventDefault();
      value = await take(form);
      if (value !== null) dialog.close();
    }}, content, h("div", {class: "row end"}, h("button", {type: "button", onclick: () => dialog.close()}, t("cancel")), h("button", {type: "submit", class: "primary"}, confirm)));
    const dialog = h("dialog", {"aria-labelledby": "tool-title"}, h("h2", {id: "tool-title"}, title), form);
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(value);
    });
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector("textarea,input")?.focus();
  });
}

async function formulaTool(rich) {
  const {area} = rich, {value, selectionStart: at, selectionEnd: end} = area;
  // The formula in which the cursor stands is edited, else a new one made from what is marked.
  const around = [...value.matchAll(/\$([^$\n]+)\$/g)].find((m) => m.index < at && at < m.index + m[0].length);
  const tex = h("textarea", {rows: "3", spellcheck: "false", class: "code-like"}), shown = h("div", {class: "formula-shown", role: "status"});
  tex.value = around ? around[1] : value.slice(area.selectionStart, area.selectionEnd);
  let timer = 0;
  const show = async () => {
    const now = tex.value.trim();
    if (!now) return fill(shown, t("editor.formula_empty"));
    refused.delete(now);
    const mathml = await formula(now);
    if (now === tex.value.trim()) fill(shown, mathml ? markupNodes(mathml) : h("span", {class: "warn-text"}, t("editor.tex_refused", {tex: now, why: refused.get(now)})));
  };
  tex.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, 300); });
  void show();
  const made = await toolDialog(t("tool.formula"), [field("tex", t("editor.tex"), tex, t("editor.tex_hint", {a: "{a}", b: "{b}"})), h("p", {class: "label"}, t("editor.formula_shown")), shown], async (form) => {
    const now = tex.value.replace(/\s+/g, " ").trim();
    if (now && await formula(now)) return now;
    showErrors(form, {tex: now ? t("editor.tex_refused", {tex: now, why: refused.get(now)}) : t("rule.required", {field: t("editor.tex")})});
    return null;
  });
  area.focus();
  if (made === null) return;
  area.setRangeText(`$${made}$`, around ? around.index : at, around ? around.index + around[0].length : end, "end");
  area.dispatchEvent(new Event("input"));
}

const mediaTool = (kind, accept, bank) => async (rich) => {
  const {selectionStart: from, selectionEnd: to} = rich.area;
  const file = h("input", {type: "file", accept}), words = h("input", {type: "text", maxlength: "400"}), width = h("input", {type: "number", min: "1", max: "2000"}), height = h("input", {type: "number", min: "1", max: "2000"});
  const progress = h("p", {role: "status", class: "muted"});
  if (kind === "image") file.addEventListener("change", async () => {
    const size = await createImageBitmap(file.files[0]).catch(() => null);
    if (size) (width.value = Math.min(size.width, 640)), (height.value = Math.round(size.height * Math.min(1, 640 / size.width)));
  });
  const made = await toolDialog(t("tool." + kind), [field("media-file", t("editor.media_file"), file, t("editor.media_hint." + kind)), field("media-words", t("editor.media_words." + kind), words, t("editor.media_words_hint." + kind)),
    kind === "image" ? h("div", {class: "grid"}, field("media-width", t("editor.width"), width), field("media-height", t("editor.height"), height)) : null, progress], async (form) => {
    const errors = {};
    if (!file.files[0]) errors["media-file"] = t("rule.required", {field: t("editor.media_file")});
    else if (file.files[0].size > 8 << 20) errors["media-file"] = t("problem.body-too-large");
    if (!words.value.trim()) errors["media-words"] = t("rule.required", {field: t("editor.media_words." + kind)});
    showErrors(form, errors);
    if (Object.keys(errors).length) return null;
    progress.textContent = t("editor.media_sending");
    try {
      const answer = await api("PUT", "/media?bank=" + encodeURIComponent(bank()), await file.files[0].arrayBuffer(), {type: file.files[0].type || "application/octet-stream", timeout_ms: 120000});
      progress.textContent = "";
      if (answer.ok) return answer.data.sha256;
      showErrors(form, {"media-file": problemText(answer)});
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      showErrors(form, {"media-file": t("problem.network")});
    }
    return null;
  });
  rich.area.focus();
  if (!made) return;
  rich.area.setSelectionRange(from, to);
  const name = words.value.trim().replace(/[\\\]]/g, "\\$&");
  rich.insert(kind === "image" ? `![${name}](media:${made}${width.value && height.value ? ` ${width.value}x${height.value}` : ""})` : `!audio[${name}](media:${made})`);
};

const TABLE = "| A | B |\n|---|\n| 1 | 2 |";
/** The bar of tools. bank(): code of the bank for media; gap(): makes a gap and gives its id, for inline items. */
export function toolBar({bank, gap}) {
  const tools = [["bold", "B", wrap("**"), "b"], ["italic", "I", wrap("*"), "i"], ["underline", "U", wrap("__"), "u"], ["sup", "x²", wrap("^{", "}")], ["sub", "x₂", wrap("_{", "}")], ["code", "</>", wrap("`")],
    ["list", "•", startLine("- ")], ["numbers", "1.", startLine("1. ")], ["table", "▦", (rich) => rich.insert((rich.area.value && !rich.area.value.endsWith("\n\n") ? "\n\n" : "") + TABLE)], ["formula", "∑", formulaTool, "m"],
    ["image", t("tool.image_short"), mediaTool("image", "image/png,image/jpeg,image/gif,image/webp", bank)], ["audio", t("tool.audio_short"), mediaTool("audio", "audio/mpeg,audio/ogg,audio/wav", bank)],
    ...(gap ? [["gap", "[ ]", (rich) => rich.insert(`[[${gap()}]]`), "g"]] : [])];
  const use = (run) => {
    if (!last?.area.isConnected) return toast(t("editor.tool_where"));
    if (last.isSource()) return toast(t("editor.tool_source"));
    void run(last);
  };
  const buttons = tools.map(([name, sign, run, key], i) => h("button", {type: "button", tabindex: i ? "-1" : "0", title: t("tool." + name) + (key ? ` (Ctrl+${key.toUpperCase()})` : ""), "aria-keyshortcuts": key ? "Control+" + key.toUpperCase() : null,
    class: "tool tool-" + name, onclick: () => use(run)}, sign === t("tool." + name) ? sign : [h("span", {"aria-hidden": "true"}, sign), h("span", {class: "visually-hidden"}, t("tool." + name))]));
  const bar = h("div", {class: "tool-bar", role: "toolbar", "aria-label": t("editor.tools"), onkeydown: (event) => {
    const at = buttons.indexOf(document.activeElement), to = {ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1}[event.key];
    if (event.key === "Escape" && last) return last.area.focus();
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const next = buttons[(to + buttons.length) % buttons.length];
    buttons.forEach((b) => { b.tabIndex = b === next ? 0 : -1; });
    next.focus();
  }}, buttons);
  /** Keys of a rich field; true when one was used. */
  bar.keys = (event) => {
    if (!event.target.rich || event.isComposing) return false;
    if (event.altKey && event.key === "F10") return buttons.find((b) => b.tabIndex === 0).focus(), true;
    if (!event.ctrlKey || event.altKey || event.shiftKey) return false;
    const tool = tools.find(([, , , key]) => key && key === event.key.toLowerCase());
    if (!tool) return false;
    last = event.target.rich;
    use(tool[2]);
    return true;
  };
  return bar;
}
