// plot.js: curves of several forms in one picture, told apart by dash and mark and not by colour alone, with the figures
// in a table beneath.

import {h} from "/assets/shared/dom.js";
import {t, formatNumber, currentLanguage} from "/assets/shared/i18n.js";

const SVG = "http://www.w3.org/2000/svg";
const DASHES = ["", "8 4", "2 3", "10 3 2 3", "5 5", "12 4", "3 6", "14 3 3 3 3 3"];
function s(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== undefined) element.setAttribute(name, value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}
/** Figures as people write them; what rounds to nothing has no sign. */
const figure = (value, places = 2) => (Math.abs(value) < 0.5 * 10 ** -places ? 0 : Number(value)).toLocaleString(currentLanguage() === "vi" ? "vi-VN" : "en-GB", {minimumFractionDigits: places, maximumFractionDigits: places});

/** Round steps for an axis: at most `count` of them between low and high. */
export function ticks(low, high, count = 6) {
  const raw = (high - low || 1) / count, power = 10 ** Math.floor(Math.log10(raw)), step = power * [1, 2, 2.5, 5, 10].find((m) => m * power >= raw);
  const first = Math.ceil(low / step - 1e-9) * step, made = [];
  for (let v = first; v <= high + step * 1e-6; v += step) made.push(Math.round(v / step) * step);
  return made;
}

/** theta: texts; series: [{name, values: texts}]; targets: [{theta, target, min, max}]; the whole with caption and table. */
export function curvePlot({title, axis, theta, series, targets = [], low = null, high = null}) {
  const xs = theta.map(Number), all = [...series.flatMap((one) => one.values.map(Number)), ...targets.flatMap((p) => [p.target, p.min, p.max].filter((v) => v !== undefined && v !== null).map(Number))].filter(Number.isFinite);
  const bottom = low ?? Math.min(0, ...all), top = high ?? Math.max(...all) * 1.05, W = 720, H = 360, L = 56, R = 16, T = 12, B = 44;
  const x = (v) => L + ((v - xs[0]) / (xs.at(-1) - xs[0] || 1)) * (W - L - R), y = (v) => H - B - ((v - bottom) / (top - bottom || 1)) * (H - T - B);
  const grid = [...ticks(bottom, top).map((v) => [s("line", {x1: L, x2: W - R, y1: y(v), y2: y(v), class: "grid-line"}), s("text", {x: L - 8, y: y(v) + 4, class: "axis-text end"}, figure(v, top - bottom < 2 ? 2 : 1))]),
    ...ticks(xs[0], xs.at(-1), 8).map((v) => [s("line", {x1: x(v), x2: x(v), y1: T, y2: H - B, class: "grid-line"}), s("text", {x: x(v), y: H - B + 18, class: "axis-text middle"}, formatNumber(v))])];
  const lines = series.map((one, i) => s("polyline", {class: `curve curve-${i % 6}`, "stroke-dasharray": DASHES[i % DASHES.length], points: one.values.map((v, k) => `${x(xs[k]).toFixed(1)},${y(Number(v)).toFixed(1)}`).join(" ")}, s("title", {}, one.name)));
  const marks = targets.map((p) => s("g", {class: "target"}, p.min !== undefined && p.max !== undefined ? s("line", {x1: x(+p.theta), x2: x(+p.theta), y1: y(+p.min), y2: y(+p.max)}) : null, p.target !== undefined && p.target !== null ? s("path", {d: `M${x(+p.theta) - 6},${y(+p.target)}h12M${x(+p.theta)},${y(+p.target) - 6}v12`}) : null, s("title", {}, t("plot.target"))));
  const id = "plot-" + title.length + "-" + series.length + "-" + Math.random().toString(36).slice(2, 8);
  const picture = s("svg", {viewBox: `0 0 ${W} ${H}`, role: "img", "aria-labelledby": id, class: "plot"}, s("title", {id}, `${title}. ${t("plot.says", {n: series.length})}`), ...grid.flat(), s("line", {x1: L, x2: W - R, y1: H - B, y2: H - B, class: "axis-line"}), s("line", {x1: L, x2: L, y1: T, y2: H - B, class: "axis-line"}), ...lines, ...marks,
    s("text", {x: (L + W - R) / 2, y: H - 6, class: "axis-text middle"}, t("plot.ability")), s("text", {x: -(T + H - B) / 2, y: 14, class: "axis-text middle", transform: "rotate(-90)"}, axis));
  const legend = h("ul", {class: "legend"}, series.map((one, i) => h("li", {}, s("svg", {viewBox: "0 0 44 12", width: 44, height: 12, "aria-hidden": "true"}, s("line", {x1: 1, x2: 43, y1: 6, y2: 6, class: `curve curve-${i % 6}`, "stroke-dasharray": DASHES[i % DASHES.length]})), one.name)), targets.length ? h("li", {}, h("span", {"aria-hidden": "true"}, "＋ "), t("plot.target")) : null);
  const every = theta.map((_, k) => k).filter((k) => theta.length <= 13 || k % 2 === 0);
  return h("figure", {class: "card plot-box"}, h("figcaption", {}, h("h3", {}, title)), picture, legend, h("details", {}, h("summary", {}, t("plot.table")), h("div", {class: "table-wrap", tabindex: "0", role: "region", "aria-label": title}, h("table", {}, h("caption", {class: "visually-hidden"}, title), h("thead", {}, h("tr", {}, h("th", {scope: "col"}, t("plot.ability")), series.map((one) => h("th", {scope: "col", class: "number"}, one.name)))),
    h("tbody", {}, every.map((k) => h("tr", {}, h("th", {scope: "row"}, formatNumber(xs[k])), series.map((one) => h("td", {class: "number"}, figure(one.values[k], 3))))))))));
}
