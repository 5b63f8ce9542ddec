// paper.js: the sitting itself: one item at a time, palette, flags, the clock, and an honest state of saving.

import {h, fill, showView, ask, toast} from "/assets/shared/dom.js";
import {t, formatTime, currentLanguage} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {clockSample, clockKnown, serverNow, formatLeft} from "/assets/shared/clock.js";
import {Saver} from "/assets/candidate/saver.js";
import {itemView, stimulusView, mediaOf, byChoice, isAnswered} from "/assets/shared/item.js";
import {keepSeen, seenPositions, keepThing, keptThing} from "/assets/candidate/store.js";
import {openSealed} from "/assets/candidate/sealed.js";
import {emergencyButton, keepForEmergency} from "/assets/candidate/rescue.js";
import {aidsCard, keysOn} from "/assets/candidate/aids.js";
import {lookControls} from "/assets/candidate/look.js";
import {Presence, Cover} from "/assets/candidate/hold.js";
import {Sections} from "/assets/candidate/section.js";
import {keepOpenPaper, keepTimes, noteTime, guessTime} from "/assets/candidate/offline.js";

const ANNOUNCE_MINUTES = [30, 15, 5, 1];
const TYPED = new Set(["numeric", "text", "essay", "upload"]);
const SOON_MS = 5 * 60000, FLUSH_MS = 20000, REFRESH_MS = 30000, NOTE_MS = 5000, MOVED_MS = 2000, MEDIA_SPREAD_MS = 2000;

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
  await keepOpenPaper(sitting, paper).catch((error) => console.warn(error)); // a store that is full or forbidden: check.js has said so
  const view = new Paper(root, sitting, paper, route);
  await view.begin();
}

/** The paper as this computer keeps it, while the server does not answer; everything goes on as soon as it does. */
export async function keptPaperView(root, {sitting, paper}, route) {
  await guessTime();
  await new Paper(root, sitting, paper, route).begin();
}

export class Paper {
  constructor(root, sitting, paper, route, saver = new Saver(sitting.id)) {
    Object.assign(this, {root, sitting, items: paper.items, stimuli: new Map((paper.stimuli ?? []).map((s) => [s.id, s])), aids: paper.aids ?? sitting.aids, responses: paper.responses ?? [], parts: paper.parts ?? [], route, saver});
    this.closes_ms = Date.parse(paper.closes_at);
    this.at = 0;
    this.seen = new Set();
    this.filter = "all";
    this.hidden_clock = sessionStorage.getItem("khoacu.clock") === "hidden";
    this.announced = new Set();
    this.view = null; // of the item that is shown
    this.striking = false;
    this.struck = new Set();
    this.sections = new Sections(paper.sections ?? sitting.sections);
    this.section = this.sections.running;
    this.guessed = !clockKnown();
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
    const at = kept >= 1 && kept <= this.items.length ? kept - 1 : 0, first = this.items.findIndex((item) => item.position === this.section?.first);
    this.show(this.sections.state(this.items[at].position) !== "open" && first >= 0 ? first : at);
    this.timer = setInterval(() => this.tick(), 250);
    this.refresher = setInterval(() => this.refresh(), REFRESH_MS);
    this.watch();
    this.tick();
    if (this.guessed) this.warn(t("paper.kept"));
    void this.bringMedia();
  }

  /** All pictures and sounds into the browser's store, one after another and not all machines at once: an outage must not hide one. */
  async bringMedia() {
    for (const address of mediaOf(this.items, [...this.stimuli.values()])) {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * MEDIA_SPREAD_MS));
      await fetch(address).then((answer) => answer.blob()).catch(() => {}); // it is asked for again where it is shown
    }
  }

  keepEmergency() {
    return keepForEmergency(this.sitting);
  }
  value(item) {
    const answer = this.saver.answer(item.position);
    return byChoice(item) ? answer.choice : answer.answer;
  }

  /** The server's time, for a reload without a line. */
  note() {
    noteTime();
  }
  /** Signs of life; while the clock stands the paper is covered. */
  watch() {
    this.cover = new Cover();
    this.presence = new Presence(this.sitting.id, () => this.items[this.at]?.position ?? 0, (answer) => {
      this.cover.show(answer);
      this.held = answer.held;
      if (answer.closes_at) this.moveDeadline(answer.closes_at);
    }, (answer) => {
      if (answer.problem?.code === "seb-required") this.warn(problemText(answer));
    });
  }

  leave() {
    this.presence?.end();
    this.cover?.end();
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
    this.part = this.sections.any ? h("span", {class: "part"}) : null;
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
      h("span", {class: "who"}, h("strong", {}, [candidate.full_name, candidate.roll_number].filter(Boolean).join(" · ")), h("span", {}, title)),
      h("span", {class: "row"}, this.clock, this.hide), this.part, this.state));
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
    saver.addEventListener("deadline", (event) => this.moveDeadline(event.detail));
    saver.addEventListener("stale", (event) => this.warn(t("paper.stale", {position: event.detail.position}), event.detail.meant));
    saver.addEventListener("aside", (event) => this.warn(t("paper.aside", {position: event.detail.position})));
    saver.addEventListener("refused", (event) => this.warn(t("paper.refused", {position: event.detail.change.position, why: problemText(event.detail.answer)})));
    saver.addEventListener("signedout", () => this.warn(t("paper.signed_out")));
    saver.addEventListener("frozen", () => void this.route());
    saver.addEventListener("held", () => { this.warn(t("paper.held")); void this.presence?.ask(); });
    saver.addEventListener("blocked", () => this.warn(t("problem.seb-required")));
    saver.addEventListener("ended", () => this.over());
    this.warnUnsent = (event) => { if (saver.waiting > 0) event.preventDefault(); };
    this.onKey = (event) => this.key(event);
    this.onVisible = () => { if (document.visibilityState === "visible") void this.refresh(); };
    addEventListener("beforeunload", this.warnUnsent);
    document.addEventListener("keydown", this.onKey);
    document.addEventListener("visibilitychange", this.onVisible);
  }

  /** `meant`: a text that she typed and that does not count; she may take it over again. */
  warn(text, meant = null) {
    fill(this.banner, h("div", {class: "banner warn"}, h("div", {class: "row between"}, h("span", {}, text), h("button", {type: "button", class: "quiet", onclick: () => fill(this.banner)}, t("close"))),
      typeof meant === "string" ? h("details", {}, h("summary", {}, t("paper.meant")), h("pre", {class: "meant"}, meant)) : null));
  }

  /** The end has moved, and with it perhaps the parts of the paper. */
  moveDeadline(closes_at) {
    const closes_ms = Date.parse(closes_at);
    if (closes_ms === this.closes_ms) return;
    if (closes_ms > this.closes_ms) toast(t("clock.moved", {time: formatTime(closes_at)}));
    this.closes_ms = closes_ms;
    if (this.sections.any) void this.renewSections(closes_at);
    else void keepTimes(this.sitting.id, {closes_at});
  }
  async renewSections(closes_at) {
    try {
      const answer = await api("GET", "/sittings/own");
      if (!answer.ok) return;
      this.sections.set(answer.data.sections);
      void keepTimes(this.sitting.id, {closes_at, sections: answer.data.sections});
      this.saver.retryAside();
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
    }
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
      if (answer.data.closes_at) this.moveDeadline(answer.data.closes_at);
      if (answer.data.state !== "open") return void this.over();
      this.saver.adopt(answer.data.responses);
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
    this.clear = h("button", {type: "button", class: "quiet clear", onclick: () => { this.choose(item, null); this.view.show(null); }}, t(TYPED.has(item.kind) ? "paper.clear_answer" : "paper.clear"));
    const stimulus = this.stimuli.get(item.stimulus), state = this.sections.state(item.position);
    this.view = state !== "open" ? {element: this.sections.closedView(item.position), show: () => {}, settle: () => {}} : itemView(item, {
      changed: (value) => this.choose(item, value), typing: (now) => this.saver.typing(now), upload: (file, progress) => this.upload(item.position, file, progress),
      struck: this.striking ? () => this.struck : null, strike: (id) => this.strike(id),
    });
    const beside = (by) => this.items[index + by] && this.sections.together(item.position, this.items[index + by].position);
    const part = this.parts.find((one) => item.position >= one.first && item.position <= one.last);
    fill(this.main, part ? h("p", {class: "part-title"}, h("strong", {}, this.partTitle(part)), h("span", {class: "muted"}, " " + t("paper.part", part))) : null, h("div", {class: "top"}, heading, state === "open" ? this.flag : null),
      h("div", {class: stimulus && state === "open" ? "with-stimulus" : null}, stimulus && state === "open" ? stimulusView(stimulus) : null, h("div", {}, this.view.element, state === "open" ? this.clear : null)),
      h("div", {class: "move"},
        h("button", {type: "button", disabled: !beside(-1), onclick: () => this.show(this.at - 1)}, "← " + t("paper.previous")),
        h("button", {type: "button", class: "open-palette", onclick: () => this.togglePalette(true)}, t("palette.short")),
        index + 1 < this.items.length
          ? h("button", {type: "button", class: "primary", disabled: !beside(1), onclick: () => this.show(this.at + 1)}, t("paper.next") + " →")
          : h("button", {type: "button", class: "primary", onclick: () => this.review()}, t("paper.review_short"))));
    this.drawChoice();
    this.drawPalette();
    this.togglePalette(false);
    heading.focus({preventScroll: true});
    window.scrollTo(0, 0);
  }

  partTitle(part) {
    return (currentLanguage() === "en" && part.title_en) || part.title;
  }
  choose(item, value) {
    const by = byChoice(item) ? "choice" : "answer";
    void this.saver.change(item.position, {[by]: value}, by);
  }
  strike(id) {
    if (!this.struck.delete(id)) this.struck.add(id);
    keepThing(this.sitting.id, "struck", [...this.struck]).catch(() => {});
  }
  /** Sends a file of an answer; progress(part of 1). Resolves with {sha256, size}. */
  upload(position, file, progress) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", `/api/v1/sittings/${this.sitting.id}/files?position=${position}`);
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
    const by = {ArrowRight: 1, ArrowLeft: -1}[event.key], beside = by && this.items[this.at + by];
    if (!by || (beside && !this.sections.together(this.items[this.at].position, beside.position))) return;
    if (beside) this.show(this.at + by);
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
      const heads = new Map(this.parts.map((part) => [part, shown.find(({item}) => item.position >= part.first && item.position <= part.last)?.index]).filter(([, index]) => index !== undefined).map(([part, index]) => [index, part]));
      fill(this.palette, shown.length ? shown.map(({item, index}) => [heads.has(index) ? h("li", {class: "palette-part"}, this.partTitle(heads.get(index))) : null, h("li", {}, h("button", {type: "button", onclick: () => this.show(index)}, String(item.position), h("span", {class: "mark", "aria-hidden": "true"})))]) : h("li", {class: "muted"}, "–"));
    }
    this.palette.querySelectorAll("button").forEach((button, i) => {
      const {item, index, look, flagged} = shown[i];
      const time = this.sections.state(item.position);
      button.className = look + (flagged ? " flagged" : "") + (time === "open" ? "" : " locked");
      button.setAttribute("aria-label", `${t("palette.item", {n: item.position})}, ${t("palette.state_" + look)}${flagged ? ", " + t("palette.state_flagged") : ""}${time === "open" ? "" : ", " + t("palette.time_" + time)}`);
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
    if (this.guessed && clockKnown()) this.heard();
    if (performance.now() - (this.noted_ms ?? -Infinity) > NOTE_MS) {
      this.noted_ms = performance.now();
      this.note();
    }
    const left_ms = this.closes_ms - serverNow();
    this.clock.classList.toggle("soon", left_ms < SOON_MS);
    fill(this.clock, this.hidden_clock && left_ms > SOON_MS ? "" : t(!this.guessed ? "clock.left" : left_ms > 0 ? "clock.left_guess" : "clock.unsure", {left: formatLeft(left_ms)}));
    for (const minutes of ANNOUNCE_MINUTES) {
      if (left_ms <= minutes * 60000 && left_ms > (minutes - 1) * 60000 && !this.announced.has(minutes)) {
        this.announced.add(minutes);
        fill(this.spoken, t("clock.announce", {minutes}));
      }
    }
    if (this.sections.any) this.tickSections();
    if (left_ms <= 0 && !this.guessed) void this.over();
  }

  /** One part ends, another begins: what was typed is handed over, and the screen goes along. */
  tickSections() {
    const before = this.section, now = this.sections.running;
    fill(this.part, this.sections.line(this.guessed));
    this.sections.announce(this.spoken);
    if (before?.first === now?.first) return;
    this.section = now;
    const here = this.items[this.at].position, first = this.items.findIndex((item) => item.position === now?.first);
    this.show(now && (here < now.first || here > now.last) && first >= 0 ? first : this.at);
    fill(this.spoken, this.sections.line());
  }

  /** The server has answered again: its time counts, and what it knows. */
  heard() {
    this.guessed = false;
    fill(this.banner);
    void this.refresh();
  }

  drawState() {
    const {state, saved_at, waiting, aside} = this.saver;
    this.state.className = "save-state " + state;
    const text = state === "saved" ? (saved_at ? t("save.saved_at", {time: formatTime(saved_at)}) : t("save.saved"))
      : state === "saving" ? t("save.saving") : waiting > 0 ? t("save.unsent", {count: waiting}) : t("save.aside", {count: aside});
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
    fill(this.banner, h("div", {class: "banner stop"}, t("paper.over"), this.sitting.shift.grace_s > 0 ? " " + t("paper.grace", {seconds: this.sitting.shift.grace_s}) : null));
    await this.saver.flush(4000);
    for (let tries = 0; tries < 60; tries++) {
      try {
        const answer = await api("GET", "/sittings/own");
        // an outage of ours in which her time ended has been given back meanwhile
        if (answer.ok && (answer.data.state !== "open" || Date.parse(answer.data.closes_at) > serverNow() + MOVED_MS)) break;
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
