// paper.js: the script on the left: pages, remarks at their places, and choosing a place by mouse or keys.
//
// Places in a text are code points of its NFC form; in a picture ten-thousandths of its sides: left, top, width, height.

import {h, fill} from "/assets/shared/dom.js";
import {t} from "/assets/shared/i18n.js";

/** The text between two code points. */
export const cut = (points, from, to) => points.slice(from, to).join("");

/** Code points from the start of `root` to a boundary of a selection inside it. */
function offsetIn(root, node, offset) {
  const range = document.createRange();
  range.setStart(root, 0);
  range.setEnd(node, offset);
  return Array.from(range.toString()).length;
}

/** Sentences of a text as [from, to] in code points; what is only blank belongs to the one before. */
export function sentences(text) {
  const spans = [];
  const pieces = globalThis.Intl?.Segmenter ? [...new Intl.Segmenter("vi", {granularity: "sentence"}).segment(text)].map((s) => s.segment) : text.split(/(?<=[.!?\n])/u);
  for (let at = 0, i = 0; i < pieces.length; i++) {
    const length = Array.from(pieces[i]).length, trimmed = Array.from(pieces[i].trimEnd()).length;
    if (trimmed > 0) spans.push([at, at + trimmed]);
    at += length;
  }
  return spans;
}

export class Paper {
  /** `place(page, [..])` is called when a place was chosen, `open(number)` when a remark is to be shown. */
  constructor(box, {place, open}) {
    Object.assign(this, {box, place, open, choosing: null});
    box.addEventListener("keydown", (event) => this.#key(event));
  }

  show(reading, pictures) {
    Object.assign(this, {reading, pictures, choosing: null});
    this.draw();
    this.box.scrollTop = 0;
  }

  draw() {
    const {pages} = this.reading;
    const task = document.documentElement.lang === "en" ? this.reading.rubric?.task_en || this.reading.rubric?.task_vi : this.reading.rubric?.task_vi || this.reading.rubric?.task_en;
    fill(this.box, task ? h("details", {class: "script-task", open: true}, h("summary", {}, t("desk.task")), h("p", {}, task)) : null,
      pages.length === 0 ? h("p", {class: "empty"}, t("desk.no_pages")) : null,
      pages.map((page) => this.#page(page, pages.length)));
  }

  #page(page, count) {
    const head = count > 1 ? h("p", {class: "muted page-number"}, t("desk.page", {page: page.page, pages: count})) : null;
    if (page.kind === "withheld") return h("section", {class: "script-page"}, head, h("p", {class: "banner warn"}, t("desk.withheld")));
    const notes = this.reading.annotations.filter((a) => a.page === page.page && a.body).sort((a, b) => a.place[0] - b.place[0]);
    return h("section", {class: "script-page"}, head, page.kind === "text" ? this.#text(page, notes) : this.#picture(page, notes));
  }

  #text(page, notes) {
    const points = Array.from(page.body), box = h("div", {class: "script-text", "data-page": page.page, lang: "vi"});
    const chosen = this.choosing?.page === page.page ? this.choosing.place : null;
    const edges = [...new Set([0, points.length, ...notes.flatMap((n) => n.place), ...(chosen ?? [])])].sort((a, b) => a - b);
    for (let i = 0; i + 1 < edges.length; i++) {
      const [from, to] = [edges[i], edges[i + 1]], words = cut(points, from, to);
      const over = notes.filter((n) => n.place[0] <= from && to <= n.place[1]), now = chosen && chosen[0] <= from && to <= chosen[1];
      box.append(over.length || now ? h("mark", {class: now ? "choosing" : "note", "data-number": over[0]?.number, onclick: over.length ? () => this.open(over[0].number) : null}, words) : words);
    }
    if (points.length === 0) box.append(h("em", {class: "muted"}, t("desk.empty_answer")));
    box.addEventListener("mouseup", () => {
      const picked = getSelection();
      if (picked.isCollapsed || !box.contains(picked.anchorNode) || !box.contains(picked.focusNode)) return;
      const range = picked.getRangeAt(0), from = offsetIn(box, range.startContainer, range.startOffset), to = offsetIn(box, range.endContainer, range.endOffset);
      if (to > from && to <= points.length) this.choosing = {page: page.page, place: [from, to]};
    });
    return box;
  }

  #picture(page, notes) {
    const box = h("div", {class: "script-picture", "data-page": page.page}, h("img", {src: this.pictures[page.page] ?? "", width: page.width, height: page.height, alt: t("desk.picture", {page: page.page})}));
    const frame = (place, attributes) => {
      const element = h("button", {type: "button", ...attributes});
      for (const [i, side] of ["left", "top", "width", "height"].entries()) element.style[side] = place[i] / 100 + "%";
      return element;
    };
    for (const note of notes) box.append(frame(note.place, {class: "frame", "aria-label": note.body, onclick: () => this.open(note.number)}));
    if (this.choosing?.page === page.page) box.append(frame(this.choosing.place, {class: "frame choosing", tabindex: "-1", "aria-label": t("desk.choosing")}));
    let start = null;
    const at = (event) => {
      const sides = box.getBoundingClientRect(), clip = (x) => Math.max(0, Math.min(10000, Math.round(x * 10000)));
      return [clip((event.clientX - sides.left) / sides.width), clip((event.clientY - sides.top) / sides.height)];
    };
    box.addEventListener("pointerdown", (event) => { if (event.target.tagName === "IMG") { start = at(event); event.preventDefault(); } });
    box.addEventListener("pointerup", (event) => {
      if (!start) return;
      const [x, y] = at(event), place = [Math.min(x, start[0]), Math.min(y, start[1]), Math.abs(x - start[0]), Math.abs(y - start[1])];
      start = null;
      if (place[2] < 50 || place[3] < 50) return;
      this.choosing = {page: page.page, place};
      this.place(page.page, place);
    });
    return box;
  }

  /** Begins to choose a place by keys, or takes what the mouse has selected. */
  choose() {
    if (this.choosing) return this.place(this.choosing.page, this.choosing.place);
    const page = this.reading.pages.find((p) => p.kind === "text" ? p.body : p.kind === "image");
    if (!page) return;
    this.choosing = page.kind === "text" ? {page: page.page, by: sentences(page.body), first: 0, last: 0} : {page: page.page, place: [3500, 3500, 3000, 1000]};
    this.#follow();
    this.box.focus();
  }
  stop() {
    this.choosing = null;
    this.draw();
  }

  #follow() {
    const {by, first, last} = this.choosing;
    if (by) this.choosing.place = [by[Math.min(first, last)][0], by[Math.max(first, last)][1]];
    this.draw();
    this.box.querySelector(".choosing")?.scrollIntoView({block: "nearest"});
  }

  #turn(step) {
    const pages = this.reading.pages.filter((p) => (p.kind === "text" ? p.body : p.kind === "image")), next = pages[pages.findIndex((p) => p.page === this.choosing.page) + step];
    if (next) this.choosing = next.kind === "text" ? {page: next.page, by: sentences(next.body), first: 0, last: 0} : {page: next.page, place: [3500, 3500, 3000, 1000]};
    this.#follow();
  }

  #key(event) {
    if (!this.choosing || event.isComposing) return;
    const step = {ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1}[event.key], c = this.choosing;
    if (event.key === "Enter") this.place(c.page, c.place);
    else if (event.key === "PageDown" || event.key === "PageUp") this.#turn(event.key === "PageDown" ? 1 : -1);
    else if (step && c.by) {
      c.last = Math.max(0, Math.min(c.by.length - 1, c.last + step));
      if (!event.shiftKey) c.first = c.last;
      this.#follow();
    } else if (step) {
      const side = (event.key === "ArrowLeft" || event.key === "ArrowRight" ? 0 : 1) + (event.shiftKey ? 2 : 0), limit = side < 2 ? 10000 - c.place[side + 2] : 10000 - c.place[side - 2];
      c.place[side] = Math.max(side < 2 ? 0 : 100, Math.min(limit, c.place[side] + 250 * step));
      this.#follow();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
