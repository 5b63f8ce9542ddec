// sender.js: brings an examiner's acts to the server, one after the other, again and again until each is committed.
//
// state: "kept" (all committed), "sending", "unsent" (no network or no answer; acts wait here and are sent by themselves),
// "signedout". Never "kept" while anything waits. An act that meets another revision is not forced: it and what waits behind
// it for the same script are dropped, and the screen shows what the server has.

import {api, NetworkError} from "/assets/shared/api.js";
import {keepAct, keptActs, dropAct} from "/assets/staff/marking/store.js";

const RETRY_FIRST_MS = 1000, RETRY_MOST_MS = 30000;
const CALLS = {
  mark: (act) => ["PUT", `/scripts/${act.script}/mark`],
  annotation: (act) => ["PUT", `/scripts/${act.script}/annotations/${act.number}`],
  report: (act) => ["POST", `/scripts/${act.script}/reports`],
  return: (act) => ["POST", `/scripts/${act.script}/return`],
  finals: () => ["POST", "/script-finals"],
};

export class Sender extends EventTarget {
  #who;
  #waiting = [];
  #unkept = 0; // on their way to the disk
  #running = false;
  #retry_ms = RETRY_FIRST_MS;
  #timer = 0;
  #keeping = Promise.resolve();
  state = "kept";
  kept_at = null;
  acts = 0; // that were done on this screen

  constructor(who) {
    super();
    this.#who = who;
    addEventListener("online", this.nudge);
    document.addEventListener("visibilitychange", this.nudge);
  }
  close() {
    clearTimeout(this.#timer);
    removeEventListener("online", this.nudge);
    document.removeEventListener("visibilitychange", this.nudge);
  }
  get waiting() {
    return this.#waiting.length + this.#unkept;
  }
  /** What waits for a script, oldest first. */
  waitingFor(script) {
    return this.#waiting.filter((act) => act.script === script || act.body.scripts?.some((s) => s.blind_id === script));
  }
  async load() {
    this.#waiting = await keptActs(this.#who).catch(() => []);
    this.nudge();
  }
  nudge = () => {
    this.#retry_ms = RETRY_FIRST_MS;
    void this.#run();
  };

  /** Does an act: kept on this computer first, then sent. */
  add(act) {
    this.acts++;
    this.#unkept++;
    this.#set("sending");
    this.#keeping = this.#keeping.then(async () => {
      const kept = await keepAct(this.#who, act).catch(() => ({...act, who: this.#who, n: null}));
      this.#waiting.push(kept);
      this.#unkept--;
      void this.#run();
    });
    return this.#keeping;
  }

  async #run() {
    if (this.#running) return;
    this.#running = true;
    clearTimeout(this.#timer);
    try {
      while (this.#waiting.length > 0) {
        if (this.state === "kept") this.#set("sending");
        if (!(await this.#send(this.#waiting[0]))) return;
      }
    } finally {
      this.#running = false;
      if (this.waiting === 0) this.#set("kept");
      else this.dispatchEvent(new Event("state"));
    }
  }

  /** True: this act is settled. False: wait and try again. */
  async #send(act) {
    const [method, path] = CALLS[act.kind](act);
    let answer;
    try {
      answer = await api(method, path, act.body);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      return this.#later("unsent");
    }
    if (answer.status === 401) return this.#later("signedout");
    if (answer.status === 429 || answer.status >= 500) return this.#later("unsent", answer.retry_s * 1000);
    if (answer.ok) {
      this.kept_at = new Date().toISOString();
      await this.#settle([act]);
      this.dispatchEvent(new CustomEvent("done", {detail: {act, data: answer.data}}));
      return true;
    }
    await this.#settle(this.#waiting.filter((other) => other === act || (other.script === act.script && other.kind === act.kind && act.script)));
    this.dispatchEvent(new CustomEvent("refused", {detail: {act, answer}}));
    return true;
  }

  async #settle(acts) {
    this.#waiting = this.#waiting.filter((act) => !acts.includes(act));
    this.#retry_ms = RETRY_FIRST_MS;
    for (const act of acts) if (act.n !== null) await dropAct(act).catch(() => {});
  }

  #later(state, least_ms = 0) {
    this.#set(state);
    const wait = Math.max(least_ms, this.#retry_ms / 2 + Math.random() * this.#retry_ms / 2);
    this.#retry_ms = Math.min(this.#retry_ms * 2, RETRY_MOST_MS);
    this.#timer = setTimeout(() => this.#run(), wait);
    return false;
  }
  #set(state) {
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }
}
