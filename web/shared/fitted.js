// fitted.js: drawings that are as wide as the room for them, so that their letters keep their size, and labels that do not touch.

import {h, fill} from "/assets/shared/dom.js";

/** A box that holds paint(width), drawn again whenever the box gets another width; between `least` and `most` CSS pixels. */
export function fitted(paint, {least = 240, most = 720} = {}) {
  const box = h("div", {class: "fitted"});
  let width = 0;
  const draw = (room) => {
    const wanted = Math.round(Math.max(least, Math.min(most, room)));
    if (wanted === width) return;
    width = wanted;
    fill(box, paint(width));
  };
  draw(Math.min(640, document.documentElement.clientWidth - 64)); // until the box has a width of its own
  new ResizeObserver(([entry]) => { if (entry.contentRect.width > 0) draw(entry.contentRect.width); }).observe(box);
  return box;
}

/** How wide a text of 13 px is at most: system fonts differ, and Vietnamese marks add height, not width. */
export const widthOf = (text, perLetter = 7.4) => text.length * perLetter;

/** Where a label of `width` at `x` starts: behind x where there is room, else before it, never beyond [low, high]. */
export function besideOf(x, width, low, high, gap = 5) {
  if (x + gap + width <= high) return x + gap;
  if (x - gap - width >= low) return x - gap - width;
  return Math.max(low, Math.min(x + gap, high - width));
}
