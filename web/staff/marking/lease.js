// lease.js: tells the server which script this examiner has open, so that nobody takes it from her meanwhile.
//
// Renewed while she works: without a key or a touch for some minutes it runs out, as it does when the page goes. Without a
// network nothing is asked, and nothing depends on it.

import {api, NetworkError} from "/assets/shared/api.js";

const RENEW_MS = 8 * 60 * 1000;

export class Lease {
  #script = null;
  #touched = false;
  #timer = 0;
  #lost;
  /** `lost()`: the script is another's now. */
  constructor(lost) {
    this.#lost = lost;
    this.#timer = setInterval(() => this.#renew(), RENEW_MS);
    document.addEventListener("pointerdown", this.touch);
  }
  close() {
    clearInterval(this.#timer);
    document.removeEventListener("pointerdown", this.touch);
  }
  touch = () => {
    this.#touched = true;
  };
  /** Opens a script; null: none is open. */
  open(script) {
    if (script === this.#script) return;
    this.#script = script;
    this.#touched = true;
    void this.#renew();
  }
  async #renew() {
    const script = this.#script;
    if (!script || !this.#touched) return;
    this.#touched = false;
    const answer = await api("POST", "/script-leases", {blind_id: script}).catch((error) => {
      if (!(error instanceof NetworkError)) throw error;
      return null;
    });
    if (answer?.status === 404 && script === this.#script) this.#lost();
  }
}
