// plot.js: the figures of the quality pages. Each is drawn for the eye and stands in a table beside it for everybody.

import {h} from "/assets/shared/dom.js";
import {t, currentLanguage, formatNumber} from "/assets/shared/i18n.js";
import {ticks} from "/assets/staff/bank/plot.js";
import {fitted, widthOf, besideOf} from "/assets/shared/fitted.js";
import {blindCode} from "/assets/staff/blind.js";

const SVG = "http://www.w3.org/2000/svg", L = 44, R = 24, T = 28, B = 40, LINE = 18;
let W = 640; // of the figure that is being drawn

function s(tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** A figure of a report as people write it; "–" where it is not defined. */
export function figure(text, places = 2) {
  if (text === null || text === undefined || text === "") return "–";
  const value = Number(text);
  return (Math.abs(value) < 0.5 * 10 ** -places ? 0 : value).toLocaleString(currentLanguage() === "vi" ? "vi-VN" : "en-GB", {minimumFractionDigits: places, maximumFractionDigits: places});
}
export const percent = (text) => (text === null || text === undefined ? "–" : figure(Number(text) * 100, 1) + " %");
/** An interval in one cell. */
export const range = (low, high, write = figure) => (low === null || low === undefined ? "–" : `${write(low)} … ${write(high)}`);

function table(caption, heads, rows) {
  return h("details", {class: "figures"}, h("summary", {}, t("quality.figures")), h("div", {class: "table-wrap", tabindex: "0", role: "region", "aria-label": caption},
    h("table", {}, h("caption", {class: "visually-hidden"}, caption), h("thead", {}, h("tr", {}, heads.map((head, i) => h("th", {scope: "col", class: i ? "number" : null}, head)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, i) => (i ? h("td", {class: "number"}, cell) : h("th", {scope: "row"}, cell)))))))));
}

/** draw() makes the drawing for the width W. */
function box(title, sentence, draw, figures) {
  const paint = (width) => {
    W = width;
    return draw();
  };
  return h("figure", {class: "card plot-box"}, h("figcaption", {}, h("h3", {}, title), h("p", {class: "muted"}, sentence)), fitted(paint), figures);
}

function sheet(height) {
  return s("svg", {viewBox: `0 0 ${W} ${height}`, class: "plot", "aria-hidden": "true", focusable: "false"});
}

function across(drawing, height, low, high, write) {
  const x = (v) => L + (v - low) / (high - low || 1) * (W - L - R);
  for (const v of ticks(low, high, Math.round(W / 80))) {
    drawing.append(s("line", {x1: x(v), x2: x(v), y1: T, y2: height - B, class: "grid-line"}), s("text", {x: x(v), y: height - B + 18, class: "axis-text middle"}, write(v)));
  }
  return x;
}

function upward(drawing, height, low, high, write, top = T) {
  const y = (v) => height - B - (v - low) / (high - low || 1) * (height - top - B);
  for (const v of ticks(low, high, 4)) {
    drawing.append(s("line", {x1: L, x2: W - R, y1: y(v), y2: y(v), class: "grid-line"}), s("text", {x: L - 6, y: y(v) + 4, class: "axis-text end"}, write(v)));
  }
  return y;
}

const short = (v) => figure(v, Number.isInteger(Math.round(v * 1e6) / 1e6) ? 0 : Math.abs(v * 10 - Math.round(v * 10)) < 1e-6 ? 1 : 2);

/** How values are spread, with the lines of what had to be reached ({bound, text?}). */
export function histogram(title, sentence, bins, cuts) {
  return box(title, sentence, () => histogramOf(bins, cuts), table(title, [t("quality.from_to"), t("quality.count")], bins.map((b) => [`${short(b.from)} – < ${short(b.to)}`, formatNumber(b.count)])));
}

function histogramOf(bins, cuts) {
  const top = T + LINE * Math.max(0, cuts.length - 1); // each line has its words in a row of their own
  const height = 192 + top, drawing = sheet(height), most = Math.max(...bins.map((b) => b.count), 1);
  const low = Math.min(Number(bins[0].from), ...cuts.map((c) => Number(c.bound))), high = Math.max(Number(bins.at(-1).to), ...cuts.map((c) => Number(c.bound)));
  const y = upward(drawing, height, 0, most, (v) => (Number.isInteger(v) ? formatNumber(v || 0) : ""), top), x = (v) => L + (v - low) / (high - low || 1) * (W - L - R);
  for (const bin of bins) drawing.append(s("rect", {x: x(+bin.from) + 1, width: Math.max(1, x(+bin.to) - x(+bin.from) - 2), y: y(bin.count), height: y(0) - y(bin.count), class: "bar"}));
  const edges = [...bins.map((b) => +b.from), +bins.at(-1).to], widest = Math.max(...edges.map((v) => widthOf(short(v)))) + 10;
  const every = Math.ceil(widest / Math.max(1, x(edges[1]) - x(edges[0])));
  edges.forEach((v, i) => { if (i % every === 0) drawing.append(s("text", {x: x(v), y: height - B + 24, class: "axis-text middle"}, short(v))); });
  cuts.forEach((cut, i) => {
    const at = x(Number(cut.bound)), words = cut.text ?? t("quality.cut_at", {bound: short(cut.bound)});
    drawing.append(s("line", {x1: at, x2: at, y1: 4 + LINE * i, y2: height - B, class: "cut-line"}),
      s("text", {x: besideOf(at, widthOf(words, 7.8), 0, W), y: 13 + LINE * i, class: "cut-text"}, words));
  });
  return drawing;
}

/** Names with a value and its interval each, around zero. rows: [{name, value, low, high, warn}] */
export function forest(title, sentence, axis, rows) {
  const known = rows.filter((r) => r.value !== null && r.low !== null);
  if (known.length === 0) return null;
  return box(title, sentence, () => forestOf(axis, known), table(title, [t("quality.name"), axis, t("quality.interval")], known.map((r) => [r.name, figure(r.value), range(r.low, r.high)])));
}

function forestOf(axis, known) {
  const height = T + B + known.length * 22, drawing = sheet(height), left = Math.min(150, W * 0.38), letters = Math.floor(left / 7), all = known.flatMap((r) => [Number(r.low), Number(r.high), 0]);
  const low = Math.min(...all), high = Math.max(...all), pad = (high - low || 1) * 0.05;
  const x = (v) => left + (v - low + pad) / (high - low + 2 * pad) * (W - left - R);
  for (const v of ticks(low, high, Math.round((W - left) / 80))) drawing.append(s("line", {x1: x(v), x2: x(v), y1: T - 6, y2: height - B, class: "grid-line"}), s("text", {x: x(v), y: height - B + 18, class: "axis-text middle"}, short(v)));
  drawing.append(s("line", {x1: x(0), x2: x(0), y1: T - 6, y2: height - B, class: "axis-line"}), s("text", {x: (left + W - R) / 2, y: height - 4, class: "axis-text middle"}, axis));
  known.forEach((r, i) => {
    const y = T + 8 + i * 22;
    drawing.append(s("text", {x: left - 8, y: y + 4, class: "axis-text end"}, r.name.length > letters ? r.name.slice(0, letters - 1) + "…" : r.name), s("line", {x1: x(r.low), x2: x(r.high), y1: y, y2: y, class: "span" + (r.warn ? " odd" : "")}),
      s("path", r.warn ? {d: `M${x(r.value)},${y - 6}l6,6l-6,6l-6,-6z`, class: "dot odd"} : {d: `M${x(r.value) - 4},${y - 4}h8v8h-8z`, class: "dot"}));
  });
  return drawing;
}

/** Difference over mean of two marks; larger where several scripts share a place. */
export function differences(title, sentence, points, agreement) {
  if (points.length === 0) return null;
  return box(title, sentence, () => differencesOf(points, agreement), table(title, [t("quality.mean_of_two"), t("quality.difference"), t("quality.count")], points.map((p) => [figure(p.mean), figure(p.difference), formatNumber(p.count)])));
}

function differencesOf(points, agreement) {
  const height = 280, drawing = sheet(height), xs = points.map((p) => +p.mean), lines = [agreement.low, agreement.mean_difference, agreement.high].filter((v) => v !== null).map(Number);
  const ys = [...points.map((p) => +p.difference), ...lines, 0], low = Math.min(...ys), high = Math.max(...ys), pad = (high - low || 1) * 0.06;
  const x = across(drawing, height, Math.min(...xs), Math.max(...xs), short), y = upward(drawing, height, low - pad, high + pad, short);
  for (const p of points) drawing.append(s("circle", {cx: x(+p.mean), cy: y(+p.difference), r: Math.min(9, 2.5 + Math.sqrt(p.count)), class: "point"}));
  lines.forEach((v, i) => drawing.append(s("line", {x1: L, x2: W - R, y1: y(v), y2: y(v), class: i === 1 || lines.length < 3 ? "cut-line" : "limit-line"})));
  drawing.append(s("text", {x: (L + W - R) / 2, y: height - 4, class: "axis-text middle"}, t("quality.mean_of_two")));
  return drawing;
}

/** The two sums of one marker, script by script, with the limit; an alarm is a diamond. */
export function sums(title, sentence, steps) {
  return box(title, sentence, () => sumsOf(steps), table(title, [t("quality.blind"), t("quality.running"), "↑", "↓"], steps.map((p) => [blindCode(p.blind_id), figure(p.mean), figure(p.high), figure(p.low)])));
}

function sumsOf(steps) {
  const height = 200, drawing = sheet(height), limit = 4, most = Math.max(limit + 0.5, ...steps.flatMap((p) => [+p.high, +p.low]));
  const x = across(drawing, height, 1, Math.max(2, steps.length), (v) => (Number.isInteger(v) ? formatNumber(v || 0) : "")), y = upward(drawing, height, -most, most, (v) => short(Math.abs(v)));
  for (const v of [limit, -limit]) drawing.append(s("line", {x1: L, x2: W - R, y1: y(v), y2: y(v), class: "limit-line"}));
  drawing.append(s("polyline", {class: "curve curve-1", points: steps.map((p, i) => `${x(i + 1).toFixed(1)},${y(+p.high).toFixed(1)}`).join(" ")}),
    s("polyline", {class: "curve curve-0", "stroke-dasharray": "6 3", points: steps.map((p, i) => `${x(i + 1).toFixed(1)},${y(-p.low).toFixed(1)}`).join(" ")}));
  steps.forEach((p, i) => { if (p.alarm) drawing.append(s("path", {d: `M${x(i + 1)},${y(+p.high > limit ? +p.high : -p.low) - 7}l7,7l-7,7l-7,-7z`, class: "dot odd"})); });
  drawing.append(s("text", {x: L, y: 12, class: "axis-text"}, "↑ " + t("quality.more_generous")), s("text", {x: W - R, y: 12, class: "axis-text end"}, "↓ " + t("quality.more_severe")), s("text", {x: (L + W - R) / 2, y: height - 4, class: "axis-text middle"}, t("quality.in_order")));
  return drawing;
}
