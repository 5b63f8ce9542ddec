// paper.js: the sitting itself: one item at a time, palette, flags, the clock, and an honest state of saving.

import {h, fill, showView, ask, toast} from "/assets/shared/dom.js";
import {t, formatTime, currentLanguage} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {clockSample, serverNow, formatLeft} from "/assets/shared/clock.js";
import {Saver} from "/assets/candidate/saver.js";
import {itemView, stimulusView, byChoice, isAnswered} from "/assets/shared/item.js";
import {keepSeen, seenPositions, keepThing, keptThing} from "/assets/candidate/store.js";
import {openSealed} from "/assets/candidate/sealed.js";
import {emergencyButton, keepForEmergency} from "/assets/candidate/rescue.js";
import {aidsCard, keysOn} from "/assets/candidate/aids.js";
import {lookControls} from "/assets/candidate/look.js";

const ANNOUNCE_MINUTES = [30, 15, 5, 1];
const SOON_MS = 5 * 60000, FLUSH_MS = 20000, REFRESH_MS = 30000;

/** The open paper: the sealed one that is kept here, with the server's answers; else the server's, asked for until it comes. Null: the sitting is over. */
async function fetchPaper(sitting) {
  const kept = await openSealed(sitting.id, sitting.paper_key);
  for (;;) {
    const sent_ms = performance.now();
    try {
      const answer = await api("GET", `/sittings/${sitting.id}/${kept ? "responses" : "paper"}`);
      if (answer.data?.server_now) clockSample(answer.data.server_now, sent_ms);
      if (answer.ok && kept && answer.data.state !== "open") return null;
      if (answer.ok) return {...answer.data, ...kept};
      if (answer.status < 500 && answer.status !== 429) return null;
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 1500));
  }
}

export async function paperView(root, sitting, route) {
  const paper = await fetchPaper(sitting);
  if (!paper) return route();
  const view = new Paper(root, sitting, paper, route);
  await view.begin();
}

export class Paper {
  constructor(root, sitting, paper, route, saver = new Saver(sitting.id)) {
    Object.assign(this, {root, sitting, items: paper.items, stimuli: new Map((paper.stimuli ?? []).map((s) => [s.id, s])), aids: paper.aids ?? sitting.aids, responses: paper.responses ?? [], route, saver});
    this.closes_ms = Date.parse(paper.closes_at);
    this.at = 0;
    this.seen = new Set();
    this.filter = "all";
    this.hidden_clock = sessionStorage.getItem("khoacu.clock") === "hidden";
    this.announced = new Set();
    this.view = null; // of the item that is shown
    this.striking = false;
    this.struck = new Set();
  }

  async begin() {
    try {
      for (const position of await seenPositions(this.sitting.id)) this.seen.add(position);
      this.struck = new Set(await keptThing(this.sitting.id, "struck") ?? []);
      await this.keepEmergency();
    } catch {
      toast(t("paper.no_store"));
    }
    this.build();
    this.listen();
    await this.saver.load(this.responses);
    const kept = Number(sessionStorage.getItem("khoacu.at." + this.sitting.id));
    this.show(kept >= 1 && kept <= this.items.length ? kept - 1 : 0);
    this.timer = setInterval(() => this.tick(), 250);
    this.refresher = setInterval(() => this.refresh(), REFRESH_MS);
    this.tick();
  }

  keepEmergency() {
    return keepForEmergency(this.sitting);
  }
  value(item) {
    const answer = this.saver.answer(item.position);
    return byChoice(item) ? answer.choice : answer.answer;
  }

  leave() {
    this.view?.settle();
    clearInterval(this.timer);
    clearInterval(this.refresher);
    removeEventListener("beforeunload", this.warnUnsent);
    document.removeEventListener("keydown", this.onKey);
    document.removeEventListener("visibilitychange", this.onVisible);
    this.saver.close();
  }

  build() {
    const {candidate, cycle} = this.sitting;
    this.clock = h("span", {class: "clock", role: "timer", "aria-live": "off"});
    this.hide = h("button", {type: "button", class: "quiet", onclick: () => this.toggleClock()});
    this.state = h("span", {class: "save-state", role: "status"});
    this.spoken = h("div", {class: "visually-hidden", role: "status"});
    this.banner = h("div", {role: "alert"});
    this.main = h("main", {class: "question", id: "question"});
    this.main.style.margin = "0";
    this.palette = h("ol", {class: "palette"});
    this.counts = h("dl", {class: "counts"});
    const filter = h("select", {onchange: () => { this.filter = filter.value; this.drawPalette(); }},
      ["all", "open", "flagged", "answered", "unseen"].map((name) => h("option", {value: name}, t("palette.filter_" + name))));
    this.side = h("div", {class: "side"},
      h("nav", {class: "card palette-card", "aria-labelledby": "palette-title"}, h("div", {class: "row between"}, h("h2", {id: "palette-title"}, t("palette.title")),
        h("button", {type: "button", class: "quiet open-palette", onclick: () => this.togglePalette(false)}, t("close"))),
        h("label", {}, h("span", {class: "visually-hidden"}, t("palette.filter")), filter), this.palette, this.counts,
        h("p", {class: "muted"}, t("palette.flag_counts"))),
      h("div", {class: "card stack"}, h("button", {type: "button", class: "primary", onclick: () => this.review()}, t("paper.review")),
        aidsCard(this.sitting.id, this.aids, (on) => { this.striking = on; this.show(this.at); }), this.emergency(),
        h("details", {}, h("summary", {}, t("look.title")), lookControls())));
    const title = currentLanguage() === "vi" ? cycle.title_vi : cycle.title_en;
    const header = h("header", {class: "exam-header"}, h("div", {},
      h("span", {class: "who"}, h("strong", {}, `${candidate.full_name} · ${candidate.roll_number}`), h("span", {}, title)),
      h("span", {class: "row"}, this.clock, this.hide), this.state));
    showView(this.root, t("paper.title"), h("a", {class: "skip", href: "#question", onclick: (e) => { e.preventDefault(); this.main.querySelector("h1").focus(); }}, t("skip")),
      header, h("div", {class: "exam"}, h("div", {}, this.banner, this.main), this.side), this.spoken);
    this.drawHide();
  }

  listen() {
    const saver = this.saver;
    saver.addEventListener("state", () => this.drawState());
    saver.addEventListener("change", (event) => {
      this.drawPalette();
      if (this.view && this.items[this.at].position === event.detail.position) this.drawChoice();
    });
    saver.addEventListener("deadline", (event) => { this.closes_ms = Date.parse(event.detail); });
    saver.addEventListener("stale", (event) => this.warn(t("paper.stale", {position: event.detail.position})));
    saver.addEventListener("refused", (event) => this.warn(t("paper.refused", {position: event.detail.change.position, why: problemText(event.detail.answer)})));
    saver.addEventListener("signedout", () => this.warn(t("paper.signed_out")));
    saver.addEventListener("frozen", () => void this.route());
    saver.addEventListener("held", () => this.warn(t("paper.held")));
    saver.addEventListener("ended", () => this.over());
    this.warnUnsent = (event) => { if (saver.waiting > 0) event.preventDefault(); };
    this.onKey = (event) => this.key(event);
    this.onVisible = () => { if (document.visibilityState === "visible") void this.refresh(); };
    addEventListener("beforeunload", this.warnUnsent);
    document.addEventListener("keydown", this.onKey);
    document.addEventListener("visibilitychange", this.onVisible);
  }

  warn(text) {
    fill(this.banner, h("div", {class: "banner warn row between"}, h("span", {}, text), h("button", {type: "button", class: "quiet", onclick: () => fill(this.banner)}, t("close"))));
  }

  /** What another window or computer has saved meanwhile. */
  async refresh() {
    if (this.saver.waiting > 0 || document.visibilityState !== "visible") return;
    const sent_ms = performance.now();
    try {
      const answer = await api("GET", `/sittings/${this.sitting.id}/responses`);
      if (!answer.ok) {
        if (answer.problem?.reason === "other-device") return void this.route();
        if (answer.status === 401) this.warn(t("paper.signed_out"));
        return;
      }
      clockSample(answer.data.server_now, sent_ms);
      if (answer.data.closes_at) this.closes_ms = Date.parse(answer.data.closes_at);
      if (answer.data.state !== "open") return void this.over();
      if (this.saver.waiting === 0) await this.saver.load(answer.data.responses);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
    }
  }

  // --- one item ---

  show(index) {
    this.view?.settle();
    this.at = index;
    const item = this.items[index];
    this.seen.add(item.position);
    keepSeen(this.sitting.id, item.position).catch(() => {});
    sessionStorage.setItem("khoacu.at." + this.sitting.id, String(item.position));
    const heading = h("h1", {tabindex: "-1"}, t("paper.item", {n: item.position, of: this.items.length}));
    this.flag = h("button", {type: "button", onclick: () => this.toggleFlag()});
    this.clear = h("button", {type: "button", class: "quiet", onclick: () => { this.choose(item, null); this.view.show(null); }}, t("paper.clear"));
    const stimulus = this.stimuli.get(item.stimulus);
    this.view = itemView(item, {
      changed: (value) => this.choose(item, value), typing: (now) => this.saver.typing(now), upload: (file, progress) => this.upload(file, progress),
      struck: this.striking ? () => this.struck : null, strike: (id) => this.strike(id),
    });
    fill(this.main, h("div", {class: "top"}, heading, this.flag), h("div", {class: stimulus ? "with-stimulus" : null}, stimulus ? stimulusView(stimulus) : null, h("div", {}, this.view.element, this.clear)),
      h("div", {class: "move"},
        h("button", {type: "button", disabled: index === 0, onclick: () => this.show(this.at - 1)}, "← " + t("paper.previous")),
        h("button", {type: "button", class: "open-palette", onclick: () => this.togglePalette(true)}, t("palette.short")),
        index + 1 < this.items.length
          ? h("button", {type: "button", class: "primary", onclick: () => this.show(this.at + 1)}, t("paper.next") + " →")
          : h("button", {type: "button", class: "primary", onclick: () => this.review()}, t("paper.review"))));
    this.drawChoice();
    this.drawPalette();
    this.togglePalette(false);
    heading.focus({preventScroll: true});
    window.scrollTo(0, 0);
  }

  choose(item, value) {
    const by = byChoice(item) ? "choice" : "answer";
    void this.saver.change(item.position, {[by]: value}, by);
  }
  strike(id) {
    if (!this.struck.delete(id)) this.struck.add(id);
    keepThing(this.sitting.id, "struck", [...this.struck]).catch(() => {});
  }
  /** Sends a file of an answer; progress(part of 1). Resolves with {sha256, name, size}. */
  upload(file, progress) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", `/api/v1/sittings/${this.sitting.id}/files?name=${encodeURIComponent(file.name.normalize("NFC"))}`);
      request.setRequestHeader("X-Khoacu", "1");
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.responseType = "json";
      request.timeout = 300000;
      request.upload.onprogress = (event) => { if (event.lengthComputable) progress(event.loaded / event.total); };
      request.onerror = request.ontimeout = () => reject(new Error(t("problem.network")));
      request.onload = () => (request.status < 300 && request.response ? resolve(request.response) : reject(new Error(problemText({problem: request.response ?? {code: "unknown"}, retry_s: 0}))));
      request.send(file);
    });
  }
  emergency() {
    return h("details", {}, h("summary", {}, t("emergency.title")), h("p", {}, t("emergency.text")), emergencyButton(this.sitting.id, this.sitting.candidate.roll_number, this.sitting.emergency_key));
  }
  toggleFlag() {
    const item = this.items[this.at];
    this.view.settle();
    void this.saver.change(item.position, {flagged: !this.saver.answer(item.position).flagged}, byChoice(item) ? "choice" : "answer");
  }

  key(event) {
    if (event.isComposing || event.keyCode === 229 || !keysOn() || !event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowRight" && this.at + 1 < this.items.length) this.show(this.at + 1);
    else if (event.key === "ArrowLeft" && this.at > 0) this.show(this.at - 1);
    else return;
    event.preventDefault();
  }

  drawChoice() {
    const item = this.items[this.at], {flagged} = this.saver.answer(item.position);
    this.view.show(this.value(item));
    this.clear.disabled = !isAnswered(this.value(item));
    this.flag.setAttribute("aria-pressed", String(flagged));
    fill(this.flag, (flagged ? "⚑ " : "⚐ ") + t(flagged ? "paper.flagged" : "paper.flag"));
  }

  // --- palette ---

  drawPalette() {
    const LOOKS = ["answered", "seen", "unseen"], counts = Object.fromEntries(LOOKS.map((look) => [look, [0, 0]]));
    const shown = [];
    this.items.forEach((item, index) => {
      const {flagged} = this.saver.answer(item.position), look = isAnswered(this.value(item)) ? "answered" : this.seen.has(item.position) ? "seen" : "unseen";
      counts[look][Number(flagged)]++;
      if ({all: true, open: look !== "answered", flagged, answered: look === "answered", unseen: look === "unseen"}[this.filter]) shown.push({item, index, look, flagged});
    });
    // buttons stay the same elements while the list does: a click that ends a field's typing must still find its button
    const list = shown.map((row) => row.index).join();
    if (list !== this.listed) {
      this.listed = list;
      fill(this.palette, shown.length ? shown.map(({item, index}) => h("li", {}, h("button", {type: "button", onclick: () => this.show(index)}, String(item.position), h("span", {class: "mark", "aria-hidden": "true"})))) : h("li", {class: "muted"}, "–"));
    }
    this.palette.querySelectorAll("button").forEach((button, i) => {
      const {item, index, look, flagged} = shown[i];
      button.className = look + (flagged ? " flagged" : "");
      button.setAttribute("aria-label", `${t("palette.item", {n: item.position})}, ${t("palette.state_" + look)}${flagged ? ", " + t("palette.state_flagged") : ""}`);
      if (index === this.at) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
      button.lastChild.textContent = (flagged ? "⚑" : "") + {answered: "●", seen: "○", unseen: "·"}[look];
    });
    fill(this.counts, LOOKS.map((look) => [h("dt", {}, t("palette.state_" + look)), h("dd", {}, String(counts[look][0] + counts[look][1]), counts[look][1] ? h("span", {class: "flags"}, ` (⚑ ${counts[look][1]})`) : null)]));
    const answered = counts.answered[0] + counts.answered[1], flags = LOOKS.reduce((sum, look) => sum + counts[look][1], 0);
    this.summary = {answered, left: this.items.length - answered, flags};
  }

  togglePalette(open) {
    this.side.classList.toggle("open", open);
    if (open) this.side.querySelector("nav button[aria-current], nav button")?.focus();
  }

  // --- clock and state ---

  toggleClock() {
    this.hidden_clock = !this.hidden_clock;
    sessionStorage.setItem("khoacu.clock", this.hidden_clock ? "hidden" : "shown");
    this.drawHide();
    this.tick();
  }
  drawHide() {
    fill(this.hide, t(this.hidden_clock ? "clock.show" : "clock.hide"));
  }

  tick() {
    if (!this.root.contains(this.clock)) return this.leave();
    const left_ms = this.closes_ms - serverNow();
    this.clock.classList.toggle("soon", left_ms < SOON_MS);
    fill(this.clock, this.hidden_clock && left_ms > SOON_MS ? "" : t("clock.left", {left: formatLeft(left_ms)}));
    for (const minutes of ANNOUNCE_MINUTES) {
      if (left_ms <= minutes * 60000 && left_ms > (minutes - 1) * 60000 && !this.announced.has(minutes)) {
        this.announced.add(minutes);
        fill(this.spoken, t("clock.announce", {minutes}));
      }
    }
    if (left_ms <= 0) void this.over();
  }

  drawState() {
    const {state, saved_at, waiting} = this.saver;
    this.state.className = "save-state " + state;
    const text = state === "saved" ? (saved_at ? t("save.saved_at", {time: formatTime(saved_at)}) : t("save.saved"))
      : state === "saving" ? t("save.saving") : t("save.unsent", {count: waiting});
    fill(this.state, h("span", {"aria-hidden": "true"}, {saved: "●", saving: "◌", unsent: "▲"}[state]), text);
  }

  // --- the end ---

  async review() {
    this.view.settle();
    this.drawPalette();
    const {answered, left, flags} = this.summary;
    const list = this.items.map((item, index) => ({item, index, open: !isAnswered(this.value(item)), flagged: this.saver.answer(item.position).flagged})).filter((r) => r.open || r.flagged);
    const dialog = h("dialog", {"aria-labelledby": "review-title"});
    const go = (index) => { dialog.close(); this.show(index); };
    fill(dialog, h("h2", {id: "review-title"}, t("review.title")),
      h("p", {}, t("review.counts", {answered, left, flags, of: this.items.length})),
      list.length ? h("ul", {class: "review-list"}, list.map((r) => h("li", {}, h("button", {type: "button", class: "quiet", onclick: () => go(r.index)}, t("palette.item", {n: r.item.position})),
        " ", r.open ? t("palette.state_open") : "", r.flagged ? " ⚑ " + t("palette.state_flagged") : ""))) : h("p", {}, t("review.all_answered")),
      h("div", {class: "row end"}, h("button", {type: "button", onclick: () => dialog.close()}, t("review.back")),
        h("button", {type: "button", class: "danger", onclick: () => { dialog.close(); void this.submit(); }}, t("review.submit"))));
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  async submit() {
    const {answered, left} = this.summary;
    const sure = await ask(t("submit.title"), h("p", {}, t("submit.text", {answered, left})), [{value: "", text: t("submit.back")}, {value: "yes", text: t("submit.do"), class: "primary"}]);
    if (sure !== "yes") return;
    if (!(await this.saver.flush(FLUSH_MS))) return this.warn(t("submit.unsent"));
    try {
      const answer = await api("POST", `/sittings/${this.sitting.id}/submit`, {confirm: true});
      if (!answer.ok && answer.problem?.code !== "ended") return this.warn(problemText(answer));
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      return this.warn(t("submit.network"));
    }
    this.leave();
    await this.route();
  }

  /** The time is over, or the server has closed the sitting. What still waits is sent while the server takes it. */
  async over() {
    if (this.finished) return;
    this.finished = true;
    this.view?.settle();
    clearInterval(this.timer);
    for (const control of this.main.querySelectorAll("input,button,select,textarea")) control.disabled = true;
    fill(this.banner, h("div", {class: "banner stop"}, t("paper.over")));
    await this.saver.flush(4000);
    for (let tries = 0; tries < 60; tries++) {
      try {
        const answer = await api("GET", "/sittings/own");
        if (answer.ok && answer.data.state !== "open") break;
        if (answer.status === 401) break;
      } catch (error) {
        if (!(error instanceof NetworkError)) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    this.leave();
    await this.route();
  }
}
