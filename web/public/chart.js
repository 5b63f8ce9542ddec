// chart.js: how totals are spread over a post, with the line of the last seat; a table of the same figures beside it.

import {h} from "/assets/shared/dom.js";
import {fitted, widthOf, besideOf} from "/assets/shared/fitted.js";
import {t, formatMark, formatNumber} from "/assets/shared/i18n.js";

const SVG = "http://www.w3.org/2000/svg", HEIGHT = 210, LEFT = 40, RIGHT = 24, BOTTOM = 32, TOP = 28;

function s(tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** "57.50" as hundredths, exactly. */
const hundredths = (text) => Number(text.replace(".", ""));
const mark = (value) => formatMark(`${Math.floor(value / 100)}.${String(value % 100).padStart(2, "0")}`);

/** Bins of a round width over what is there: at most 16. */
export function binsOf(totals) {
  const least = Math.min(...totals), most = Math.max(...totals);
  const width = [100, 200, 250, 500, 1000, 2000, 2500, 5000, 10000].find((w) => (most - least) / w < 15) ?? 100000;
  const first = Math.floor(least / width) * width, bins = [];
  for (let from = first; from <= most; from += width) bins.push({from, to: from + width, count: 0});
  for (const total of totals) bins[Math.floor((total - first) / width)].count++;
  return bins;
}

function draw(width, bins, cut) {
  const most = Math.max(...bins.map((bin) => bin.count)), low = bins[0].from, high = bins.at(-1).to;
  const x = (value) => LEFT + (value - low) / (high - low) * (width - LEFT - RIGHT), y = (count) => HEIGHT - BOTTOM - count / most * (HEIGHT - BOTTOM - TOP);
  const drawing = s("svg", {viewBox: `0 0 ${width} ${HEIGHT}`, class: "chart", "aria-hidden": "true", focusable: "false"});
  for (const count of new Set([0, Math.ceil(most / 2), most])) {
    drawing.append(s("line", {x1: LEFT, x2: width - RIGHT, y1: y(count), y2: y(count), class: "grid-line"}));
    drawing.append(s("text", {x: LEFT - 6, y: y(count) + 4, "text-anchor": "end"}, formatNumber(count)));
  }
  for (const bin of bins) drawing.append(s("rect", {x: x(bin.from) + 1, width: Math.max(1, x(bin.to) - x(bin.from) - 2), y: y(bin.count), height: HEIGHT - BOTTOM - y(bin.count), class: "bar"}));
  const widest = Math.max(...bins.map((bin) => widthOf(mark(bin.from)))) + 10, every = Math.ceil(widest / (x(bins[0].to) - x(low)));
  for (let i = 0; i < bins.length; i += every) drawing.append(s("text", {x: x(bins[i].from), y: HEIGHT - 8, "text-anchor": "middle"}, mark(bins[i].from)));
  if (cut !== null) {
    const words = t("chart.cut", {total: mark(cut)});
    drawing.append(s("line", {x1: x(cut), x2: x(cut), y1: 4, y2: HEIGHT - BOTTOM, class: "cut-line"}));
    drawing.append(s("text", {x: besideOf(x(cut), widthOf(words, 7.8), 0, width), y: 12, class: "cut-text"}, words));
  }
  return drawing;
}

/** rows of one post → a figure, or null when fewer than two passed. */
export function totalsChart(rows, title) {
  const passed = rows.filter((row) => row.rank !== null && row.total !== null && !row.total.startsWith("-"));
  if (passed.length < 2) return null;
  const bins = binsOf(passed.map((row) => hundredths(row.total)));
  const seats = passed.filter((row) => row.outcome === "selected").map((row) => hundredths(row.total)), cut = seats.length ? Math.min(...seats) : null;
  const sentence = t(cut === null ? "chart.text_open" : "chart.text", {passed: formatNumber(passed.length), cut: cut === null ? "" : mark(cut)});
  return h("details", {class: "chart-box"}, h("summary", {}, t("chart.title")), h("div", {class: "chart-pair"}, h("figure", {}, fitted((width) => draw(width, bins, cut), {most: 700}), h("figcaption", {}, sentence)),
    h("div", {class: "table-wrap", tabindex: "0", role: "region", "aria-label": t("chart.table", {post: title})}, h("table", {}, h("caption", {}, t("chart.table", {post: title})),
      h("thead", {}, h("tr", {}, h("th", {scope: "col"}, t("chart.from_to")), h("th", {scope: "col", class: "number"}, t("chart.count")))),
      h("tbody", {}, bins.map((bin) => h("tr", {}, h("th", {scope: "row"}, `${mark(bin.from)} – < ${mark(bin.to)}`), h("td", {class: "number"}, formatNumber(bin.count)))))))));
}
