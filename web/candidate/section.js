// section.js: parts of a paper with a time of their own: which one runs, and what may be answered now. The server decides; this only shows it.

import {h, fill} from "/assets/shared/dom.js";
import {t, formatTime} from "/assets/shared/i18n.js";
import {serverNow, serverLeast, formatLeft} from "/assets/shared/clock.js";

const ANNOUNCE_MINUTES = [5, 1];

export class Sections {
  #list = [];
  #announced = new Set();

  /** `list` as the server tells it: [{first, last, opens_at, closes_at}]. */
  constructor(list = []) {
    this.set(list);
  }
  set(list) {
    this.#list = (list ?? []).filter((s) => s.opens_at).map((s) => ({first: s.first, last: s.last, opens_ms: Date.parse(s.opens_at), closes_ms: Date.parse(s.closes_at)}));
  }

  get any() {
    return this.#list.length > 0;
  }
  /** The one that runs; null: none does. */
  get running() {
    const now = serverNow();
    return this.#list.find((s) => now >= s.opens_ms && now < s.closes_ms) ?? null;
  }
  /** "open", "before" or "over"; always "open" where the paper has no sections. Without a line a part that may still run is open. */
  state(position) {
    const section = this.#list.find((s) => position >= s.first && position <= s.last);
    return !section ? "open" : serverNow() < section.opens_ms ? "before" : serverLeast() < section.closes_ms ? "open" : "over";
  }
  /** Whether one may go from a position to another with the buttons: within the section that runs. */
  together(position, other) {
    return this.state(position) === this.state(other) && (!this.any || this.running === null || this.state(other) === "open");
  }

  /** Which part runs and how long; for a part of one item, this item's time. `guessed`: says that it is a guess. */
  line(guessed = false) {
    const now = this.running;
    if (!now) return this.any ? t(guessed ? "section.unsure" : "section.none") : "";
    const exactly = formatLeft(now.closes_ms - serverNow()), left = guessed ? t("section.about", {left: exactly}) : exactly;
    if (now.first === now.last) return t("section.item_left", {left});
    return t("section.left", {n: this.#list.indexOf(now) + 1, of: this.#list.length, first: now.first, last: now.last, left});
  }

  /** What stands in the place of an item that may not be answered now. */
  closedView(position) {
    const section = this.#list.find((s) => position >= s.first && position <= s.last);
    return h("div", {class: "banner"}, h("p", {}, this.state(position) === "before" ? t("section.before", {at: formatTime(new Date(section.opens_ms).toISOString())}) : t("section.over")));
  }

  /** Says into `spoken` what is left of a part, at its thresholds alone. */
  announce(spoken) {
    const now = this.running;
    if (!now) return;
    const left_ms = now.closes_ms - serverNow(), whole_ms = now.closes_ms - now.opens_ms;
    for (const minutes of ANNOUNCE_MINUTES) {
      const name = now.first + ":" + minutes;
      if (whole_ms >= 2 * minutes * 60000 && left_ms <= minutes * 60000 && !this.#announced.has(name)) {
        this.#announced.add(name);
        fill(spoken, t("section.announce", {minutes}));
      }
    }
  }
}
