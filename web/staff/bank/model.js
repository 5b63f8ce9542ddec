// model.js: an item as the editor holds it, and as the interface wants it: content without the key, the key, the metadata.

import {t} from "/assets/shared/i18n.js";
import {plainText} from "/assets/staff/bank/markup.js";

export const CHOICES = new Set(["single", "multiple", "truefalse", "ordering", "graded"]);
export const RULES = {multiple: ["all", "per_option", "right_minus_wrong", "map"], ordering: ["all", "adjacent", "position"], matching: ["all", "per_option", "map"], inline: ["all", "per_option"]};
export const UPLOAD_TYPES = ["application/pdf", "image/png", "image/jpeg", "text/plain", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"];

const DECIMAL = /^-?\d{1,9}(\.\d{1,7})?$/;
const words = (text) => ({vi: text?.vi ?? "", en: text?.en ?? ""});
export const letter = (n) => (n < 26 ? String.fromCharCode(65 + n) : "A" + String.fromCharCode(65 + n - 26));
/** An id that no row of the list has. */
export function freeId(rows, prefix = "") {
  for (let n = 0; ; n++) {
    const id = prefix ? prefix + (n + 1) : letter(n);
    if (!rows.some((row) => row.id === id)) return id;
  }
}
export const newOption = (rows, prefix) => ({id: freeId(rows, prefix), text: words(), credit: "", note: words()});
const options = (count, prefix) => Array.from({length: count}).reduce((rows) => [...rows, newOption(rows, prefix)], []);

/** An empty item of a kind; what the kind needs is there to be filled in. */
export function newItem(kind, kept = {}) {
  const model = {kind, title: "", body: words(), stimulus: "", options: [], columns: [], gaps: [], choices_min: 0, choices_max: 0, shuffle: kind !== "truefalse", unit: "", words_max: 0, lines: 0,
    upload_types: [], upload_bytes_max: 0, upload_files_max: 0, points: "1", points_min: "", points_max: "", rule: "all", order: [], pairs: [], accepted: [],
    fold_case: true, fold_marks: false, fold_spaces: true, rubric: [], rationale: words(), code: "", meta: {subject: "", topic: "", level: 0, facility: "", seconds: 0, source: "", source_expires_on: "", tags: [], enemies: []}, ...kept};
  model.kind = kind;
  if (kind === "truefalse") model.options = [{...newOption([]), id: "T", text: {vi: "Đúng", en: "True"}}, {...newOption([]), id: "F", text: {vi: "Sai", en: "False"}}];
  else if ((CHOICES.has(kind) || kind === "matching") && model.options.length < 2) model.options = options(4);
  if (kind === "matching" && model.columns.length < 2) model.columns = options(4, "M");
  if (kind === "ordering") model.order = model.order.length ? model.order : model.options.map((o) => o.id);
  if ((kind === "numeric" || kind === "text") && model.accepted.length === 0) model.accepted = [newAccepted()];
  if (kind === "essay" || kind === "upload") Object.assign(model, {points: model.points === "1" ? "10" : model.points, words_max: kind === "essay" ? model.words_max || 600 : 0, rubric: model.rubric.length ? model.rubric : [newCriterion([])]});
  if (kind === "upload" && model.upload_types.length === 0) Object.assign(model, {upload_types: ["application/pdf"], upload_bytes_max: 5 << 20, upload_files_max: 1});
  if (!RULES[kind]?.includes(model.rule)) model.rule = RULES[kind]?.[0] ?? (kind === "graded" ? "map" : "all");
  return model;
}
export const newAccepted = () => ({value: "", tolerance: "", relative: false, low: "", high: "", credit: "1", note: words()});
export const newCriterion = (rows) => ({id: freeId(rows, "C"), text: words(), max: "", levels: []});
export const newGap = (gaps) => ({id: freeId(gaps, "g"), options: options(3), correct: ""});

const keyed = (rows, keys) => (rows ?? []).map((row) => ({...newOption([]), ...row, text: words(row.text), credit: "", note: words(), ...(keys.has(row.id) ? {credit: keys.get(row.id).credit ?? "", note: words(keys.get(row.id).note)} : {})}));

/** From what GET /items/{id} gives. */
export function fromAnswer(item) {
  const {content = {}, key = {}, meta = {}} = item;
  const base = newItem("stimulus");
  const keys = new Map((key?.options ?? []).map((row) => [row.id, row]));
  const correct = new Map((key?.gaps ?? []).map((gap) => [gap.id, gap.correct]));
  return {...base, ...content, ...(key ?? {}), body: words(content.body), rationale: words(key?.rationale), stimulus: content.stimulus ?? "", unit: content.unit ?? "",
    options: keyed(content.options, keys), columns: keyed(content.columns, new Map()), gaps: (content.gaps ?? []).map((gap) => ({id: gap.id, options: keyed(gap.options, new Map()), correct: correct.get(gap.id) ?? ""})),
    points: key?.points ?? "1", points_min: key?.points_min ?? "", points_max: key?.points_max ?? "", order: key?.order ?? [], pairs: key?.pairs ?? [],
    accepted: (key?.accepted ?? []).map((a) => ({...newAccepted(), ...a, tolerance: a.tolerance ?? "", low: a.low ?? "", high: a.high ?? "", note: words(a.note)})),
    rubric: (key?.rubric ?? []).map((c) => ({...c, text: words(c.text), levels: keyed(c.levels, new Map((c.levels ?? []).map((l) => [l.id, l])))})), upload_types: content.upload_types ?? [],
    code: item.code ?? "", meta: {...base.meta, ...meta, facility: typeof meta.facility === "number" && meta.facility >= 0 ? String(meta.facility / 1000) : "", source: meta.source ?? "", source_expires_on: meta.source_expires_on ?? "", tags: meta.tags ?? [], enemies: meta.enemies ?? []}};
}

const clean = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== "" && value !== null && value !== undefined && value !== 0 && value !== false && !(Array.isArray(value) && value.length === 0)));
const said = (text) => (text.vi || text.en ? clean(text) : undefined);
const shown = (rows) => rows.map((row) => ({id: row.id, text: clean(row.text)}));
const isRight = (row) => row.credit !== "" && Number(row.credit) > 0;

/** What a candidate may see. */
export function contentOf(m) {
  const has = (...kinds) => kinds.includes(m.kind);
  return clean({kind: m.kind, title: m.title.trim(), body: clean(m.body), stimulus: m.stimulus,
    options: has("single", "multiple", "truefalse", "ordering", "graded", "matching") ? shown(m.options) : [], columns: has("matching") ? shown(m.columns) : [],
    gaps: has("inline") ? m.gaps.map((gap) => ({id: gap.id, options: shown(gap.options)})) : [], choices_min: has("multiple", "matching") ? m.choices_min : 0, choices_max: has("multiple", "matching") ? m.choices_max : 0,
    shuffle: has("single", "multiple", "ordering", "matching", "graded", "inline") && m.shuffle, unit: has("numeric") ? m.unit.trim() : "", words_max: has("essay", "text") ? m.words_max : 0, lines: has("essay", "text") ? m.lines : 0,
    ...(has("upload") ? {upload_types: m.upload_types, upload_bytes_max: m.upload_bytes_max, upload_files_max: m.upload_files_max} : {})});
}

function keyParts(m) {
  const credits = (rows) => rows.map((row) => clean({id: row.id, credit: row.credit, note: said(row.note)})).filter((row) => row.credit !== undefined || row.note);
  switch (m.kind) {
  case "ordering": return {rule: m.rule, order: m.order, options: credits(m.options.map((o) => ({...o, credit: ""})))};
  case "matching": return {rule: m.rule, pairs: m.pairs.map((p) => clean(p))};
  case "inline": return {rule: m.rule, gaps: m.gaps.map((gap) => ({id: gap.id, correct: gap.correct}))};
  case "numeric": case "text": return {accepted: m.accepted.map((a) => clean({...a, note: said(a.note)})), ...(m.kind === "text" ? {fold_case: m.fold_case, fold_marks: m.fold_marks, fold_spaces: m.fold_spaces} : {})};
  case "essay": case "upload": return {rubric: m.rubric.map((c) => ({id: c.id, text: clean(c.text), max: c.max, levels: c.levels.map((l) => clean({id: l.id, text: clean(l.text), credit: l.credit}))}))};
  case "stimulus": return {};
  default: return {...(RULES[m.kind] || m.kind === "graded" ? {rule: m.rule} : {}), options: credits(m.options)};
  }
}
/** By what it is scored. */
export function keyOf(m) {
  if (m.kind === "stimulus") return {};
  return clean({points: m.points, points_min: m.points_min, points_max: m.points_max, ...keyParts(m), rationale: said(m.rationale)});
}
export function metaOf(m) {
  const facility = DECIMAL.test(m.meta.facility) ? Math.round(Number(m.meta.facility) * 1000) : undefined;
  return {...clean({...m.meta, facility: "", topic: m.meta.topic.trim(), subject: m.meta.subject.trim(), source: m.meta.source.trim()}), ...(facility === undefined ? {} : {facility})};
}
export const bodyOf = (m) => ({content: contentOf(m), key: keyOf(m), meta: metaOf(m)});

/** What is plainly missing, as {path: text}; the server checks everything once more. */
export function checkItem(m, wholly = true) {
  const errors = {}, need = (path, name) => { errors[path] ??= t("rule.required", {field: name}); };
  const empty = (text) => !plainText(text.vi) && !plainText(text.en) && !/<(img|audio|math)/.test(text.vi + text.en);
  if (empty(m.body)) need("body.vi", t("editor.body"));
  if (!m.meta.topic.trim()) need("topic", t("meta.topic"));
  if (m.meta.facility && !(DECIMAL.test(m.meta.facility) && Number(m.meta.facility) >= 0 && Number(m.meta.facility) <= 1)) errors.facility = t("fault.facility");
  if (!wholly) return errors;
  const rows = CHOICES.has(m.kind) || m.kind === "matching" ? m.options : [];
  rows.forEach((o, i) => { if (empty(o.text)) need(`options[${i}].text.vi`, t("editor.option", {id: o.id})); });
  if (m.kind === "matching") m.columns.forEach((o, i) => { if (empty(o.text)) need(`columns[${i}].text.vi`, t("editor.column", {id: o.id})); });
  if (["single", "truefalse"].includes(m.kind) && m.options.filter(isRight).length !== 1) errors["options.key"] = t("fault.one-right");
  if (["multiple", "graded"].includes(m.kind) && !m.options.some(isRight)) errors["options.key"] = t("fault.some-right");
  if (m.kind === "matching" && m.pairs.length === 0) errors.pairs = t("fault.pairs");
  if (m.kind === "inline" && m.gaps.length === 0) errors["body.vi"] ??= t("fault.no-gaps");
  m.gaps.forEach((gap, i) => { if (m.kind === "inline" && !gap.correct) errors[`gaps[${i}].correct`] = t("fault.gap-right", {id: gap.id}); });
  if (["numeric", "text"].includes(m.kind)) m.accepted.forEach((a, i) => {
    if (!a.value && !(a.low && a.high)) need(`accepted[${i}].value`, t("editor.accepted", {n: i + 1}));
    for (const name of m.kind === "numeric" ? ["value", "tolerance", "low", "high", "credit"] : ["credit"]) if (a[name] && !DECIMAL.test(a[name])) errors[`accepted[${i}].${name}`] = t("fault.decimal");
  });
  if (m.kind !== "stimulus" && !DECIMAL.test(m.points)) errors.points = t("fault.decimal");
  m.options.forEach((o, i) => { if (o.credit && !DECIMAL.test(o.credit)) errors[`options[${i}].credit`] = t("fault.decimal"); });
  if (["essay", "upload"].includes(m.kind)) m.rubric.forEach((c, i) => { if (empty(c.text)) need(`rubric[${i}].text.vi`, t("editor.criterion", {n: i + 1})); if (!DECIMAL.test(c.max)) errors[`rubric[${i}].max`] = t("fault.decimal"); });
  return errors;
}
