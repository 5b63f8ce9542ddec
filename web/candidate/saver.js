// saver.js: brings every change to the server, in order, again and again until it is acknowledged.
//
// state: "saved" (all acknowledged), "saving" (one is under way), "unsent" (the network or the server does not
// answer; changes are kept here and sent again by themselves). Never "saved" while anything waits.
//
// A change is an event of the sitting's chain (store.js) and is sent from there, in order; what arrives after the end
// goes the way of late answers. What is being typed counts as not yet saved.
//
// The number of a change at a position (seq) is one more than the highest known there. A change that
// meets another one with the same number (a second window was quicker) is not forced: the server's
// answer is shown, and the person decides.

import {api, NetworkError} from "/assets/shared/api.js";
import {clockSample} from "/assets/shared/clock.js";
import {keepChange, markSent, keptChanges, chainOf} from "/assets/candidate/store.js";

const RETRY_FIRST_MS = 1000, RETRY_MOST_MS = 30000;

const nothing = () => ({seq: 0, choice: null, answer: null, flagged: false});
/** The part of a change that the server takes: `choice` or `answer`, as the item's kind wants. */
const bodyOf = (change) => ({seq: change.seq, ...("answer" in change ? {answer: change.answer} : {choice: change.choice}), flagged: change.flagged});

/** Hands in the events that did not arrive in time. {state: "none" | "kept" | "too-late" | "failed"}. */
export async function sendLate(sitting) {
  const events = await chainOf(sitting, {whole: false});
  if (events.length === 0) return "none";
  try {
    const answer = await api("POST", `/sittings/${sitting}/late-responses`, {events});
    if (answer.ok) await markSent(sitting, events.map((event) => event.n));
    return answer.ok ? "kept" : answer.problem?.code === "too-late" ? "too-late" : "failed";
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    return "failed";
  }
}

export class Saver extends EventTarget {
  #typing = false;
  frozen = false;
  #sitting;
  #answers = new Map(); // position -> {seq, choice, answer, flagged}: what this window shows
  #waiting = [];
  #running = false;
  #retry_ms = RETRY_FIRST_MS;
  #timer = 0;
  #channel;
  #keeping = Promise.resolve();
  state = "saved";
  saved_at = null;
  ended = false;

  constructor(sitting) {
    super();
    this.#sitting = sitting;
    this.#channel = new BroadcastChannel("khoacu-" + sitting);
    this.#channel.onmessage = (event) => this.#adopt(event.data);
    addEventListener("online", this.#nudge);
    document.addEventListener("visibilitychange", this.#nudge);
  }

  close() {
    this.#channel.close();
    clearTimeout(this.#timer);
    removeEventListener("online", this.#nudge);
    document.removeEventListener("visibilitychange", this.#nudge);
  }

  /** Tries at once. */
  #nudge = () => {
    this.#retry_ms = RETRY_FIRST_MS;
    void this.#run();
  };

  answer(position) {
    return this.#answers.get(position) ?? nothing();
  }
  get waiting() {
    return this.#waiting.length;
  }

  /** Takes the server's state, then lays over it what this computer still has to send. */
  async load(responses) {
    for (const r of responses) this.#adopt(r);
    this.#waiting = await keptChanges(this.#sitting);
    for (const change of this.#waiting) this.#adopt(change);
    this.#tell();
    void this.#run();
  }

  #adopt(r) {
    const mine = this.answer(r.position);
    if (r.seq < mine.seq) return;
    this.#answers.set(r.position, {seq: r.seq, choice: r.choice ?? null, answer: r.answer ?? null, flagged: r.flagged});
    this.dispatchEvent(new CustomEvent("change", {detail: {position: r.position}}));
  }

  /** Something is being typed that is not yet a change: not saved, and said so. */
  typing(now) {
    this.#typing = now;
    this.#tell();
  }

  /** An answer, a cleared one or a flag; `by` is "choice" or "answer". Resolves when it is kept on this computer. */
  change(position, part, by = "choice") {
    const next = {...this.answer(position), ...part};
    next.seq += 1;
    this.#answers.set(position, next);
    this.#set("saving");
    this.#keeping = this.#keeping.then(async () => {
      const change = {sitting: this.#sitting, position, seq: next.seq, [by]: next[by], flagged: next.flagged, made_ms: Math.round(performance.timeOrigin + performance.now())};
      try {
        change.n = await keepChange(change);
      } catch {
        change.n = null; // the browser's store failed: it still goes to the server from memory
      }
      this.#waiting.push(change);
      void this.#run();
    });
    this.dispatchEvent(new CustomEvent("change", {detail: {position}}));
    return this.#keeping;
  }

  async #run() {
    if (this.#running || this.ended) return;
    this.#running = true;
    clearTimeout(this.#timer);
    try {
      while (this.#waiting.length > 0 && !this.ended) {
        if (this.state !== "unsent") this.#set("saving");
        if (!(await this.#send(this.#waiting[0]))) return;
      }
    } finally {
      this.#running = false;
      this.#tell();
    }
  }

  /** True: this change is settled, go on. False: wait and try again. */
  async #send(change) {
    const sent_ms = performance.now();
    let answer;
    try {
      answer = await api("PUT", `/sittings/${this.#sitting}/responses/${change.position}`,
        bodyOf(change), {keepalive: JSON.stringify(change).length < 30000});
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      return this.#later();
    }
    if (answer.data?.server_now) clockSample(answer.data.server_now, sent_ms);
    if (answer.ok) return this.#settle(change, answer.data);
    const code = answer.problem?.code;
    if (code === "stale") return this.#stale(change, answer.problem.current);
    if (answer.status === 401) {
      this.frozen = answer.problem?.reason === "other-device";
      this.#signal(this.frozen ? "frozen" : "signedout");
      return this.#later();
    }
    if (code === "held") {
      this.#signal("held");
      return this.#later(2000);
    }
    if (code === "ended") {
      this.ended = true;
      this.#signal("ended");
      return false;
    }
    if (answer.status === 503 || answer.status === 429 || answer.status >= 500) return this.#later(answer.retry_s * 1000);
    // refused for good: it will not be better next time; say so, and do not block the changes behind it
    this.dispatchEvent(new CustomEvent("refused", {detail: {change, answer}}));
    return this.#settle(change, null);
  }

  async #settle(change, data) {
    if (change.n !== null) await markSent(this.#sitting, [change.n]).catch(() => {});
    this.#waiting.shift();
    this.#retry_ms = RETRY_FIRST_MS;
    if (data) {
      this.saved_at = data.saved_at;
      if (data.closes_at) this.dispatchEvent(new CustomEvent("deadline", {detail: data.closes_at}));
      this.#channel.postMessage({...bodyOf(change), position: change.position});
    }
    if (this.state === "unsent") this.#set("saving");
    return true;
  }

  async #stale(change, current) {
    // what waits behind it at this position was decided without knowing the other window's answer
    const doomed = this.#waiting.filter((c) => c.position === change.position);
    await markSent(this.#sitting, doomed.map((c) => c.n).filter((n) => n !== null)).catch(() => {});
    this.#waiting = this.#waiting.filter((c) => c.position !== change.position);
    this.#answers.set(change.position, {...nothing(), ...current});
    this.dispatchEvent(new CustomEvent("change", {detail: {position: change.position}}));
    this.dispatchEvent(new CustomEvent("stale", {detail: {position: change.position}}));
    return true;
  }

  #later(least_ms = 0) {
    this.#set("unsent");
    const wait = Math.max(least_ms, this.#retry_ms / 2 + Math.random() * this.#retry_ms / 2);
    this.#retry_ms = Math.min(this.#retry_ms * 2, RETRY_MOST_MS);
    this.#timer = setTimeout(() => this.#run(), wait);
    return false;
  }

  #signal(name) {
    this.dispatchEvent(new Event(name));
  }
  #set(state) {
    this.state = state;
    this.#signal("state");
  }
  #tell() {
    if (this.#waiting.length === 0) this.#set(this.#typing ? "saving" : "saved");
    else this.#signal("state");
  }

  /** Resolves true when nothing waits any more, false when that took too long. */
  async flush(timeout_ms) {
    await this.#keeping;
    this.#nudge();
    const end = performance.now() + timeout_ms;
    while (this.#waiting.length > 0 && !this.ended && performance.now() < end) await new Promise((r) => setTimeout(r, 50));
    return this.#waiting.length === 0;
  }
}
