// hold.js: signs of life for the invigilator, and what the answer says: while the clock stands the paper is covered.

import {h} from "/assets/shared/dom.js";
import {t} from "/assets/shared/i18n.js";
import {api, NetworkError} from "/assets/shared/api.js";
import {clockSample} from "/assets/shared/clock.js";

const FIRST_S = 3;

export class Presence {
  #timer = 0;
  #over = false;
  #asking = false;

  /** `position()` is where she is, 0 before the paper; `told(answer)` hears {held, evacuated, closes_at}; `refused(answer)` a refusal. */
  constructor(sitting_id, position, told, refused = () => {}) {
    Object.assign(this, {sitting_id, position, told, refused});
    void this.ask();
  }

  async ask() {
    if (this.#asking || this.#over) return;
    this.#asking = true;
    clearTimeout(this.#timer);
    let again_s = FIRST_S;
    try {
      const sent_ms = performance.now(), answer = await api("PUT", `/sittings/${this.sitting_id}/presence`, {position: this.position()});
      if (answer.ok) {
        clockSample(answer.data.server_now, sent_ms);
        again_s = answer.data.again_s;
        if (!this.#over) this.told(answer.data);
      } else {
        again_s = Math.max(10, answer.retry_s);
        if (!this.#over) this.refused(answer);
      }
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
    }
    this.#asking = false;
    // not all machines of a hall at the same moment
    if (!this.#over) this.#timer = setTimeout(() => this.ask(), again_s * (800 + Math.random() * 400));
  }

  end() {
    this.#over = true;
    clearTimeout(this.#timer);
  }
}

/** Covers the page while the clock stands; the paper behind is out of sight and out of reach, for screen readers too. */
export class Cover {
  #dialog = null;

  show({held, evacuated}) {
    const kind = !held ? "" : evacuated ? "evacuated" : "held";
    if ((this.#dialog?.dataset.kind ?? "") === kind) return;
    this.#dialog?.remove();
    this.#dialog = null;
    document.documentElement.classList.toggle("covered", held);
    if (!held) return;
    this.#dialog = h("dialog", {class: "cover " + kind, "data-kind": kind, "aria-labelledby": "cover-title", "aria-describedby": "cover-text", oncancel: (event) => event.preventDefault()},
      h("h1", {id: "cover-title", tabindex: "-1"}, t(`cover.${kind}.title`)), h("p", {id: "cover-text"}, t(`cover.${kind}.text`)), h("p", {}, t("cover.time")));
    document.body.append(this.#dialog);
    this.#dialog.showModal();
    this.#dialog.querySelector("h1").focus();
  }
  end() {
    this.show({held: false});
  }
}
