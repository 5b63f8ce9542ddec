// item.js: one item of a paper, answerable: every kind by native controls, by keyboard, without dragging.
//
// itemView(item, talk) gives {element, show(value), settle()}. `value` is what goes to the server: an option's id for
// single, truefalse and graded, a list, an object or a text for the others, null for nothing. talk.changed(value) is
// called when she has decided; what is typed comes 2 s after the last key or when the field is left, never in the
// middle of a composition (input methods), and talk.typing(true) is called at the first key. settle() hands over at once
// what is typed. A field that is being typed in is never rewritten, nor one that says what it shall but for blanks at its ends: the next
// word may follow.

import {h, fill} from "/assets/shared/dom.js";
import {t, currentLanguage, formatNumber} from "/assets/shared/i18n.js";
import {markupNodes, markupText, markupMedia} from "/assets/shared/markup.js";

const TYPED_MS = 2000, TEXT_MAX = 1000, ESSAY_MAX = 20000;
const CHOICE_KINDS = new Set(["single", "truefalse", "graded"]);
const letter = (i) => String.fromCharCode(65 + i);
let views = 0;

/** Whether the answer of this kind is a `choice`. */
export const byChoice = (item) => CHOICE_KINDS.has(item.kind ?? "single");
export const isAnswered = (value) => value !== null && value !== undefined && value !== "" && !(typeof value === "object" && Object.keys(value).length === 0);
/** Counts as a person would: runs of letters and figures between blanks. */
export const countWords = (text) => text.trim().split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

const member = (part, name) => (currentLanguage() === "en" && part[name + "_en"]) || part[name];
const htmlOf = (part, name) => member(part, name ? name + "_html" : "html");
const textOf = (part, name = "text") => member(part, name) ?? "";
const nodesOf = (part, gap) => (htmlOf(part) ? markupNodes(htmlOf(part), gap) : textOf(part));
const wordsOf = (part) => (htmlOf(part) ? markupText(htmlOf(part)) : textOf(part));

const stemOf = (part, gap) => (htmlOf(part, "stem") ? markupNodes(htmlOf(part, "stem"), gap) : textOf(part, "stem"));

/** Addresses of all pictures and sounds of items and passages. */
export function mediaOf(...parts) {
  const found = new Set();
  const walk = (part) => {
    for (const value of Object.values(part ?? {})) {
      if (typeof value === "string") markupMedia(value).forEach((address) => found.add(address));
      else if (typeof value === "object") walk(value);
    }
  };
  walk(parts);
  return [...found];
}

/** A passage that stands beside items or above them. */
export const stimulusView = (stimulus) => h("section", {class: "stimulus", tabindex: "0", "aria-label": t("item.stimulus")}, stemOf(stimulus));

/** A text control that reports when its typing rests. */
function typed(control, talk, read) {
  let timer = 0, dirty = false, composing = false;
  const settle = () => {
    clearTimeout(timer);
    if (!dirty || composing) return;
    dirty = false;
    talk.changed(read());
    talk.typing(false);
  };
  control.addEventListener("compositionstart", () => { composing = true; clearTimeout(timer); });
  const later = () => {
    clearTimeout(timer);
    if (!composing) timer = setTimeout(settle, TYPED_MS);
  };
  control.addEventListener("compositionend", () => { composing = false; later(); });
  control.addEventListener("input", () => {
    if (!dirty) talk.typing(true);
    dirty = true;
    later();
  });
  control.addEventListener("blur", () => { composing = false; settle(); });
  return {settle, show: (text) => { if (!dirty && !composing && (read() ?? "") !== text) control.value = text; }};
}

function eliminator(talk, id, label) {
  if (!talk.struck) return [null, () => {}];
  const button = h("button", {type: "button", class: "quiet strike", onclick: () => { talk.strike(id); draw(); }});
  const draw = () => {
    const out = talk.struck().has(id);
    fill(button, out ? "↺" : "✕");
    button.setAttribute("aria-pressed", String(out));
    button.setAttribute("aria-label", t("item.strike", {option: label}));
    button.closest(".option-row")?.classList.toggle("struck", out);
  };
  return [button, draw];
}

function choices(item, talk, type) {
  const name = `choice-${++views}`, draws = [];
  const read = () => {
    const ids = inputs.filter((input) => input.checked).map((input) => input.value);
    if (type === "radio") return ids[0] ?? null;
    return ids.length ? ids : null;
  };
  const most = item.choices_max || 0;
  const limit = () => { if (type === "checkbox" && most) for (const input of inputs) input.disabled = !input.checked && inputs.filter((i) => i.checked).length >= most; };
  const inputs = item.options.map((option, i) => h("input", {type, name, value: option.id, id: `${name}-${i}`, onchange: () => { limit(); talk.changed(read()); }}));
  const rows = item.options.map((option, i) => {
    const [button, draw] = eliminator(talk, option.id, letter(i));
    draws.push(draw);
    return h("div", {class: "option-row"}, h("label", {class: "option"}, inputs[i], h("span", {class: "letter", "aria-hidden": "true"}, letter(i)), h("span", {class: "text"}, nodesOf(option))), button);
  });
  return {rows, read, show: (value) => {
    const ids = new Set(type === "radio" ? [value] : value ?? []);
    for (const input of inputs) input.checked = ids.has(input.value);
    limit();
    draws.forEach((draw) => draw());
  }};
}

const choiceHint = ({choices_min: least, choices_max: most}) => (least && most ? t("item.choose_between", {least, most}) : most ? t("item.choose_most", {most}) : least ? t("item.choose_least", {least}) : t("item.choose_any"));

function ordering(item, talk) {
  const list = h("ol", {class: "ordering"}), said = h("p", {class: "visually-hidden", role: "status"}), state = h("p", {class: "hint"});
  let order = item.options.map((option) => option.id), decided = false;
  const at = (id) => item.options.findIndex((option) => option.id === id);
  const move = (i, by, event) => {
    const [id] = order.splice(i, 1);
    order.splice(i + by, 0, id);
    event?.preventDefault();
    decide();
    const row = list.children[i + by], button = row.querySelector(by < 0 ? ".up" : ".down");
    (button.disabled ? row.querySelector("button:not(:disabled)") : button).focus();
    fill(said, t("item.moved", {option: letter(at(id)), place: i + by + 1, of: order.length}));
  };
  const decide = () => { decided = true; draw(); talk.changed([...order]); };
  const keep = h("button", {type: "button", onclick: decide}, t("item.order_keep"));
  function draw() {
    fill(list, order.map((id, i) => h("li", {class: "option-row"}, h("span", {class: "option"}, h("span", {class: "letter"}, letter(at(id))), h("span", {class: "text"}, nodesOf(item.options[at(id)]))),
      h("span", {class: "moves"}, [[-1, "up", "↑"], [1, "down", "↓"]].map(([by, name, sign]) => h("button", {type: "button", class: name, disabled: i + by < 0 || i + by >= order.length, "aria-label": t("item.move_" + name, {option: letter(at(id)), place: i + 1}), onclick: () => move(i, by),
        onkeydown: (e) => { if (e.key === "ArrowUp" && i > 0 && !e.altKey) move(i, -1, e); else if (e.key === "ArrowDown" && i + 1 < order.length && !e.altKey) move(i, 1, e); }}, sign))))));
    fill(state, t(decided ? "item.order_kept" : "item.order_none"));
    keep.hidden = decided;
  }
  return {rows: [h("p", {class: "hint"}, t("item.order_hint")), list, state, keep, said], show: (value) => {
    decided = isAnswered(value);
    order = decided && value.length === item.options.length ? [...value] : item.options.map((option) => option.id);
    if (!list.contains(document.activeElement)) draw();
  }};
}

const chooser = (options, label, changed) => h("select", {"aria-label": label, onchange: changed}, h("option", {value: ""}, t("item.choose")), options.map((option, i) => h("option", {value: option.id}, wordsOf(option) || letter(i))));

function matching(item, talk) {
  const read = () => { const pairs = item.options.flatMap((row, i) => (selects[i].value ? [[row.id, selects[i].value]] : [])); return pairs.length ? pairs : null; };
  const selects = item.options.map((row) => chooser(item.columns ?? [], wordsOf(row), () => talk.changed(read())));
  const rich = (item.columns ?? []).some((column) => htmlOf(column));
  return {rows: [rich ? h("ul", {class: "match-columns"}, item.columns.map((column) => h("li", {}, nodesOf(column)))) : null, item.options.map((row, i) => h("div", {class: "match"}, h("div", {}, nodesOf(row)), selects[i]))], show: (value) => {
    const chosen = new Map(value ?? []);
    item.options.forEach((row, i) => { selects[i].value = chosen.get(row.id) ?? ""; });
  }};
}

function inline(item, talk) {
  const gaps = item.gaps ?? [], selects = new Map(gaps.map((gap, i) => [gap.id, chooser(gap.options, t("item.gap", {n: i + 1}), () => talk.changed(read()))]));
  const read = () => { const chosen = Object.fromEntries([...selects].filter(([, select]) => select.value).map(([id, select]) => [id, select.value])); return Object.keys(chosen).length ? chosen : null; };
  return {rows: [], gap: (id) => selects.get(id), show: (value) => { for (const [id, select] of selects) select.value = value?.[id] ?? ""; }};
}

function line(item, talk, labelled) {
  const number = item.kind === "numeric";
  const control = h("input", {type: "text", maxlength: String(TEXT_MAX), "aria-labelledby": labelled, autocomplete: "off", autocorrect: "off", autocapitalize: "off", spellcheck: "false", inputmode: number ? "decimal" : null, class: number ? "short" : null});
  const field = typed(control, talk, () => control.value.trim() || null);
  const unit = htmlOf(item, "unit") ? markupNodes(htmlOf(item, "unit")) : item.unit ?? null;
  return {rows: [h("p", {class: "row answer-line"}, control, unit ? h("span", {class: "unit"}, unit) : null), number ? h("p", {class: "hint"}, t("item.number_hint")) : null], settle: field.settle, show: (value) => field.show(value ?? "")};
}

function essay(item, talk, labelled) {
  const count = h("p", {class: "hint word-count", id: `count-${++views}`});
  const control = h("textarea", {rows: String(Math.min(Math.max(item.lines || 12, 4), 30)), maxlength: String(ESSAY_MAX), "aria-labelledby": labelled, "aria-describedby": count.id, autocomplete: "off", spellcheck: "false"});
  const draw = () => {
    const words = countWords(control.value), most = item.words_max;
    fill(count, most ? t(words > most ? "item.words_over" : "item.words_of", {words: formatNumber(words), most: formatNumber(most)}) : t("item.words", {words: formatNumber(words)}));
    count.classList.toggle("over", Boolean(most) && words > most);
  };
  const field = typed(control, talk, () => control.value || null);
  control.addEventListener("input", draw);
  return {rows: [control, count], settle: field.settle, show: (value) => { field.show(value ?? ""); draw(); }};
}

/** How files of a media type are named; what is not here the server alone judges. */
const ENDINGS = {"application/pdf": ["pdf"], "image/png": ["png"], "image/jpeg": ["jpg", "jpeg"], "text/plain": ["txt"],
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ["docx"], "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ["xlsx"]};
const namesOf = (types) => types.map((type) => (ENDINGS[type] ?? [type])[0].toUpperCase()).join(", ");
const fits = (file, types) => types.length === 0 || types.some((type) => !ENDINGS[type] || file.type === type || ENDINGS[type].includes(file.name.split(".").pop().toLowerCase()));

function upload(item, talk, labelled) {
  const {types = [], files_max: most = 1, bytes_max: bytes = 0} = item.upload ?? {};
  const list = h("ul", {class: "files"}), said = h("p", {class: "hint", role: "status"}), bar = h("progress", {max: "1", hidden: true, "aria-label": t("item.upload_progress")});
  let files = [];
  const give = () => talk.changed(files.length ? files.map(({sha256, name}) => ({sha256, name})) : null);
  const input = h("input", {type: "file", class: "visually-hidden", "aria-labelledby": labelled, accept: types.flatMap((type) => [type, ...(ENDINGS[type] ?? []).map((ending) => "." + ending)]).join(",") || null, onchange: () => void take()});
  async function take() {
    const [file] = input.files;
    if (!file) return;
    const wrong = files.length >= most ? t("item.upload_full", {most}) : bytes && file.size > bytes ? t("item.upload_big", {size: formatNumber(Math.floor(bytes / 1024))})
      : fits(file, types) ? null : t("item.upload_type", {types: namesOf(types)});
    if (wrong) return void fill(said, wrong);
    bar.hidden = false;
    bar.removeAttribute("value");
    fill(said, t("item.upload_sending", {name: file.name}));
    input.disabled = true;
    try {
      const kept = await talk.upload(file, (part) => { bar.value = part; });
      files = [...files.filter((one) => one.sha256 !== kept.sha256), {sha256: kept.sha256, name: file.name}];
      fill(said, t("item.upload_done", {name: file.name}));
      give();
    } catch (error) {
      fill(said, t("item.upload_failed", {name: file.name, why: error.message}));
    }
    bar.hidden = true;
    input.disabled = false;
    input.value = "";
    draw();
  }
  const draw = () => fill(list, files.map((file) => h("li", {class: "row between"}, file.name, h("button", {type: "button", class: "quiet", "aria-label": t("item.upload_remove", {name: file.name}), onclick: () => { files = files.filter((one) => one !== file); draw(); give(); input.focus(); }}, t("item.remove")))));
  const rule = [types.length ? t("item.upload_types", {types: namesOf(types)}) : null, t("item.upload_files", {most}), bytes ? t("item.upload_size", {size: formatNumber(Math.floor(bytes / 1024))}) : null].filter(Boolean).join(" · ");
  return {rows: [h("p", {class: "hint"}, rule), h("p", {}, h("label", {class: "button file"}, t("form.choose_file"), input)), bar, list, said], show: (value) => { files = [...(value ?? [])]; draw(); }};
}

export function itemView(item, talk) {
  const kind = item.kind ?? "single", id = `stem-${++views}`;
  const part = byChoice(item) ? choices(item, talk, "radio") : kind === "multiple" ? choices(item, talk, "checkbox") : kind === "ordering" ? ordering(item, talk) : kind === "matching" ? matching(item, talk)
    : kind === "inline" ? inline(item, talk) : kind === "essay" ? essay(item, talk, id) : kind === "upload" ? upload(item, talk, id) : line(item, talk, id);
  const hint = kind === "multiple" ? h("p", {class: "hint", id: id + "-hint"}, choiceHint(item)) : null;
  const element = h("div", {class: "item item-" + kind}, h("fieldset", {"aria-describedby": hint?.id}, h("legend", {id}, h("div", {class: "stem"}, stemOf(item, part.gap))), hint, part.rows));
  return {element, show: part.show, settle: part.settle ?? (() => {})};
}
