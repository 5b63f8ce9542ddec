// saver.js: brings every change to the server, in order, again and again until it is acknowledged.
//
// state: "saved" (all acknowledged), "saving" (one is under way), "unsent" (the network or the server does not
// answer; changes are kept here and sent again by themselves). Never "saved" while anything waits, is being typed, or is
// on its way to this computer's disk; nor while something lies aside.
//
// A change is an event of the sitting's chain (store.js) and is sent from there, in order; what arrives after the end
// goes the way of late answers. So does a change whose section of the paper was over when it arrived: it is laid aside,
// stays unsent in the store, and is handed in with the late answers for persons to decide.
//
// What the server refuses for good is taken back on the screen: what she sees is what is saved.
//
// The number of a change at a position (seq) is one more than the highest known there. A change that
// meets another one with the same number (a second window was quicker) is not forced: the server's
// answer is shown, and the person decides.

import {api, NetworkError} from "/assets/shared/api.js";
import {clockSample} from "/assets/shared/clock.js";
import {keepChange, markSent, keptChanges, chainOf} from "/assets/candidate/store.js";

const RETRY_FIRST_MS = 1000, RETRY_MOST_MS = 30000, LATE_PIECE = 500000, LATE_EVENTS = 2000;

const nothing = () => ({seq: 0, choice: null, answer: null, flagged: false});
/** The part of a change that the server takes: `choice` or `answer`, as the item's kind wants. */
const bodyOf = (change) => ({seq: change.seq, ...("answer" in change ? {answer: change.answer} : {choice: change.choice}), flagged: change.flagged});

/** Pieces of a chain that fit a request each. */
function pieces(events) {
  const found = [];
  let size = Infinity;
  for (const event of events) {
    const length = JSON.stringify(event).length;
    if (size + length > LATE_PIECE || found.at(-1).length >= LATE_EVENTS) {
      found.push([]);
      size = 0;
    }
    found.at(-1).push(event);
    size += length;
  }
  return found;
}

/** Hands in the events that did not arrive in time: "none", "kept", "too-late", "refused" (the server cannot take them) or "failed" (try again). */
export async function sendLate(sitting) {
  const events = await chainOf(sitting, {whole: false});
  if (events.length === 0) return "none";
  try {
    for (const piece of pieces(events)) {
      const answer = await api("POST", `/sittings/${sitting}/late-responses`, {events: piece}, {timeout_ms: 60000});
      if (!answer.ok) return answer.problem?.code === "too-late" ? "too-late" : [400, 404, 422].includes(answer.status) ? "refused" : "failed";
      await markSent(sitting, piece.map((event) => event.n), false);
    }
    return "kept";
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
  #saved = new Map();   // the same: what the server has
  #waiting = [];
  #aside = [];          // came after the time of their section
  #unkept = 0;          // on their way to the disk
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
    this.#channel.onmessage = (event) => this.adopt([event.data]);
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
    return this.#waiting.length + this.#unkept;
  }
  get aside() {
    return this.#aside.length;
  }

  /** Takes the server's state, then lays over it what this computer still has to send. */
  async load(responses) {
    this.adopt(responses);
    this.#waiting = await keptChanges(this.#sitting);
    for (const change of this.#waiting) this.#adopt(change);
    this.#tell();
    void this.#run();
  }

  /** Takes the server's answers where none of ours is newer. */
  adopt(responses) {
    for (const r of responses) {
      this.#remember(r);
      this.#adopt(r);
    }
  }

  #remember(r) {
    if (r.seq >= (this.#saved.get(r.position)?.seq ?? 0)) this.#saved.set(r.position, {seq: r.seq, choice: r.choice ?? null, answer: r.answer ?? null, flagged: r.flagged});
  }
  #adopt(r) {
    const mine = this.answer(r.position);
    if (r.seq < mine.seq) return;
    this.#show(r.position, {seq: r.seq, choice: r.choice ?? null, answer: r.answer ?? null, flagged: r.flagged});
  }
  #show(position, answer) {
    this.#answers.set(position, answer);
    this.dispatchEvent(new CustomEvent("change", {detail: {position}}));
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
    this.#unkept++;
    this.#set(this.state === "unsent" ? "unsent" : "saving");
    this.#keeping = this.#keeping.then(async () => {
      const change = {sitting: this.#sitting, position, seq: next.seq, [by]: next[by], flagged: next.flagged, made_ms: Math.round(performance.timeOrigin + performance.now())};
      try {
        change.n = await keepChange(change);
      } catch {
        change.n = null; // the browser's store failed: it still goes to the server from memory
      }
      this.#unkept--;
      this.#waiting.push(change);
      void this.#run();
    });
    this.#show(position, next);
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
    if (code === "stale") return this.#stale(change);
    if (answer.status === 401) {
      this.frozen = answer.problem?.reason === "other-device";
      this.#signal(this.frozen ? "frozen" : "signedout");
      return this.#later();
    }
    if (code === "held") {
      this.#signal("held");
      return this.#later(2000);
    }
    if (code === "seb-required") {
      this.#signal("blocked");
      return this.#later(5000);
    }
    if (code === "ended") {
      this.ended = true;
      this.#signal("ended");
      return false;
    }
    if (answer.status === 503 || answer.status === 429 || answer.status >= 500) return this.#later(answer.retry_s * 1000);
    if (code === "section-closed") {
      this.#aside.push(change);
      this.#leave(change);
      this.dispatchEvent(new CustomEvent("aside", {detail: {position: change.position}}));
      return true;
    }
    // refused for good: it will not be better next time; say so, and do not block the changes behind it
    await this.#settle(change, null);
    if (!this.#waiting.some((c) => c.position === change.position)) this.#show(change.position, {...nothing(), ...this.#saved.get(change.position), seq: change.seq});
    this.dispatchEvent(new CustomEvent("refused", {detail: {change, answer}}));
    return true;
  }

  /** The change waits no more. */
  #leave(change) {
    this.#waiting = this.#waiting.filter((c) => c !== change && (c.n === null || c.n !== change.n));
    this.#retry_ms = RETRY_FIRST_MS;
  }

  async #settle(change, data) {
    if (change.n !== null) await markSent(this.#sitting, [change.n], data !== null).catch(() => {});
    this.#leave(change);
    if (data) {
      this.saved_at = data.saved_at;
      this.#remember(change);
      if (data.closes_at) this.dispatchEvent(new CustomEvent("deadline", {detail: data.closes_at}));
      this.#channel.postMessage({...bodyOf(change), position: change.position});
    }
    if (this.state === "unsent") this.#set("saving");
    return true;
  }

  /** Another window or computer was quicker: its answer is shown, and what was meant here is handed to the page. */
  async #stale(change) {
    let answer;
    try {
      answer = await api("GET", `/sittings/${this.#sitting}/responses`);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      return this.#later();
    }
    if (!answer.ok) return this.#later(answer.retry_s * 1000);
    // what waits behind it at this position was decided without knowing the other window's answer
    const doomed = this.#waiting.filter((c) => c.position === change.position);
    await markSent(this.#sitting, doomed.map((c) => c.n).filter((n) => n !== null), false).catch(() => {});
    this.#waiting = this.#waiting.filter((c) => c.position !== change.position);
    this.adopt(answer.data.responses.filter((r) => r.position !== change.position));
    const current = answer.data.responses.find((r) => r.position === change.position) ?? {position: change.position, ...nothing(), seq: change.seq};
    this.#remember(current);
    this.#show(change.position, {seq: current.seq, choice: current.choice ?? null, answer: current.answer ?? null, flagged: current.flagged});
    this.dispatchEvent(new CustomEvent("stale", {detail: {position: change.position, meant: doomed.at(-1)?.answer ?? null}}));
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
    if (this.waiting > 0) this.#signal("state");
    else this.#set(this.#typing ? "saving" : this.#aside.length > 0 ? "unsent" : "saved");
  }

  /** Sections have moved: what lay aside is tried again. */
  retryAside() {
    this.#waiting = [...this.#aside, ...this.#waiting].sort((a, b) => (a.n ?? Infinity) - (b.n ?? Infinity));
    this.#aside = [];
    this.#nudge();
  }

  /** Resolves true when nothing waits any more, false when that took too long. */
  async flush(timeout_ms) {
    await this.#keeping;
    this.#nudge();
    const end = performance.now() + timeout_ms;
    while (this.waiting > 0 && !this.ended && performance.now() < end) await new Promise((r) => setTimeout(r, 50));
    return this.waiting === 0;
  }
}
