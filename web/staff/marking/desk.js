// desk.js: the examiner's screen: the script on the left, the guide on the right, and nothing else. All by keys.
//
// What is done is kept on this computer first (store.js) and sent in order (sender.js); a mark is called kept only after the
// server has committed it. Scripts that come next are read ahead, so that some minutes without a network change nothing.

import {h, fill, toast} from "/assets/shared/dom.js";
import {t, formatNumber, formatTime, formatMark} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {field} from "/assets/shared/form.js";
import {page, read, whoAmI} from "/assets/staff/app.js";
import {Sender} from "/assets/staff/marking/sender.js";
import {Reader} from "/assets/staff/marking/reader.js";
import {Paper} from "/assets/staff/marking/paper.js";
import {Guide, criteriaOf, hundredths, markText} from "/assets/staff/marking/guide.js";
import {Lease} from "/assets/staff/marking/lease.js";
import {askRemark, askReport, askReturn, showKeys, sureFinal, keysOn} from "/assets/staff/marking/dialogs.js";

const STATUSES = ["awarded", "absent", "suspended", "void"];
const AHEAD = 12, FINALS_AT_ONCE = 200, RETURN_KEYS = {conflict: "c", given_back: "b"};

class Desk {
  constructor(items, facts) {
    this.who = whoAmI().login_name;
    Object.assign(this, {items, facts, done: [], typed: "", sender: new Sender(this.who), reader: new Reader(this.who), lease: new Lease(() => void this.refresh())});
    this.state = h("span", {class: "save-state", role: "status"});
    this.progress = h("p", {role: "status", class: "progress-line"});
    this.left = h("section", {class: "script-pane", tabindex: "0", "aria-label": t("desk.script")});
    this.head = h("div", {class: "mark-head"});
    this.remarks = h("div", {class: "remarks"});
    this.total = h("output", {class: "total"});
    this.guide = new Guide({keep: () => void this.keep(), change: () => this.drawTotal()});
    this.paper = new Paper(this.left, {place: (number, place) => void this.remark(number, place), open: (number) => void this.editRemark(number)});
    this.status = h("select", {onchange: () => this.drawStatus()}, STATUSES.map((name) => h("option", {value: name}, t("mark.status." + name))));
    this.note = h("input", {type: "text", maxlength: "2000"});
    this.form = h("form", {class: "mark-entry", novalidate: true, onsubmit: (event) => event.preventDefault()});
    this.form.addEventListener("keydown", (event) => this.key(event));
    this.left.addEventListener("keydown", (event) => this.key(event));
    for (const name of ["state", "done", "refused"]) this.sender.addEventListener(name, (event) => this["on_" + name](event.detail));
  }

  get script() {
    return this.items[this.at];
  }
  /** Whether the script that is meant is the one on the screen: the next one comes in a moment, and nothing is kept for it before it is seen. */
  get seen() {
    return this.shown === this.script;
  }

  /** Lays over the server's lists what this computer still has to send. */
  async begin() {
    await this.sender.load();
    for (const script of [...this.items]) for (const act of this.sender.waitingFor(script.blind_id)) this.adopt(script, act);
    if (this.items.length === 0) return nothing();
    this.at = Math.max(0, this.items.findIndex((s) => !s.status));
    await this.show();
  }
  adopt(script, act) {
    if (act.kind === "mark") Object.assign(script, {status: act.body.status, value: act.body.value ?? null, criteria: act.body.criteria ?? null, note: act.body.note ?? null, revision: act.body.revision + 1});
    if (act.kind === "finals") script.final_at ??= "…";
    if (act.kind === "return") this.items = this.items.filter((s) => s.blind_id !== script.blind_id); // the list may have been read anew while she wrote why
  }

  async show() {
    const script = this.script;
    this.lease.open(script.final_at ? null : script.blind_id);
    const kept = await this.reader.get(script);
    if (script !== this.script) return;
    this.shown = script;
    this.reading = kept?.reading ?? null;
    this.since = performance.now();
    if (this.reading) this.paper.show(this.reading, kept.pictures);
    else fill(this.left, h("p", {class: "banner warn"}, t("desk.not_read")));
    this.drawEntry();
    this.guide.type(this.typed);
    this.typed = "";
    void this.reader.ahead(this.items.filter((s, i) => i > this.at && !s.status).slice(0, AHEAD));
  }

  drawEntry() {
    const script = this.script, locked = Boolean(script.final_at) || !this.reading;
    const values = script.criteria?.map(hundredths) ?? (script.value && !this.reading?.rubric ? [hundredths(script.value)] : null);
    this.status.value = script.status ?? "awarded";
    this.note.value = script.note ?? "";
    fill(this.head, h("p", {class: "blind"}, script.blind_code), h("p", {class: "muted"}, t("component." + script.component), script.question ? " · " + t("desk.question", {question: script.question}) : "",
      script.purpose === "live" ? null : h("span", {class: "tag flag"}, t("desk.purpose." + script.purpose)), script.final_at ? h("span", {class: "tag ok"}, "✓ " + t("desk.final")) : script.status ? h("span", {class: "tag plain"}, t("desk.draft")) : null));
    const drafts = this.drafts().length;
    fill(this.form, h("div", {class: "row between top-line"}, this.progress, this.state), this.head, this.lesson(), this.guide.box, h("p", {class: "total-line"}, t("desk.total"), " ", this.total),
      h("div", {class: "beside"}, field("status", t("mark.status"), this.status), field("note", t("mark.note"), this.note, " ")),
      h("div", {class: "row acts"}, h("button", {class: "primary", type: "button", disabled: locked, onclick: () => void this.keep()}, t("mark.save"), h("kbd", {}, "Ctrl+Enter")),
        h("button", {type: "button", disabled: this.done.length === 0, onclick: () => void this.undo()}, t("desk.undo"), h("kbd", {}, "u")),
        h("button", {type: "button", class: "final", disabled: drafts === 0, onclick: () => void this.finals()}, t("desk.finals", {count: formatNumber(drafts)}), h("kbd", {}, "f"))),
      h("div", {class: "row"}, h("button", {type: "button", class: "quiet", disabled: locked, onclick: () => this.paper.choose()}, t("desk.remark"), h("kbd", {}, "a")), h("button", {type: "button", class: "quiet", onclick: () => void this.report()}, t("desk.report"), h("kbd", {}, "r")),
        h("button", {type: "button", class: "quiet", disabled: this.at === 0, onclick: () => this.go(this.at - 1)}, "← " + t("mark.previous")), h("button", {type: "button", class: "quiet", disabled: this.at + 1 === this.items.length, onclick: () => this.go(this.at + 1)}, t("mark.skip") + " →"),
        h("button", {type: "button", class: "quiet", onclick: () => void showKeys()}, t("desk.keys"), h("kbd", {}, "?"))),
      h("div", {class: "row"}, ["conflict", "given_back"].map((why) => h("button", {type: "button", class: "quiet", disabled: Boolean(script.final_at), onclick: () => void this.giveBack(why)}, t("desk.return." + why), h("kbd", {}, RETURN_KEYS[why])))),
      this.remarks);
    this.status.disabled = this.note.disabled = locked;
    this.guide.show(this.reading ? criteriaOf(script, this.reading.rubric) : [], values, locked || this.status.value !== "awarded");
    this.drawNote();
    this.drawRemarks();
    this.drawProgress();
    this.drawTotal();
    this.on_state();
    if (this.guide.locked) (this.form.querySelector(locked ? ".final:not(:disabled)" : "#status") ?? this.left).focus();
  }
  lesson() {
    const lesson = this.reading?.definitive;
    return lesson && this.script.final_at ? h("div", {class: "banner " + (lesson.within ? "ok" : "warn")}, h("p", {}, t(lesson.within ? "desk.lesson.within" : "desk.lesson.outside", {value: formatMark(lesson.value)})), h("p", {}, lesson.reason)) : null;
  }
  /** Beside a mark the note is her own; in the place of one it is what the head decides by. */
  drawNote() {
    const own = this.status.value === "awarded";
    this.form.querySelector("label[for=note]").textContent = t(own ? "mark.note" : "desk.why");
    this.form.querySelector("#note-hint").textContent = t(own ? "desk.note.own" : "desk.note.why");
  }
  drawStatus() {
    this.drawNote();
    this.guide.locked = this.status.value !== "awarded";
    this.guide.draw(!this.guide.locked);
    this.drawTotal();
  }
  drawTotal() {
    this.total.textContent = this.status.value === "awarded" && this.guide.complete && this.guide.criteria.length ? formatMark(markText(this.guide.total)) + " / " + formatMark(this.script.mark_max) : "–";
  }
  drawProgress() {
    const left = this.items.filter((s) => !s.status).length, {own_ms: own, all_ms: all} = this.facts.pace, part = all ? Math.round(100 * (all - own) / all) : 0;
    this.progress.textContent = t("mark.left", {left: formatNumber(left), total: formatNumber(this.items.length)}) + (own && all && part ? " · " + t(part >= 0 ? "desk.faster" : "desk.slower", {part: formatNumber(Math.abs(part))}) : "");
  }
  drawRemarks() {
    const notes = (this.reading?.annotations ?? []).filter((a) => a.body), reports = this.reading?.reports ?? [];
    fill(this.remarks, notes.length ? [h("h2", {}, t("desk.remarks")), h("ol", {}, notes.map((a) => h("li", {}, h("button", {type: "button", class: "quiet", disabled: Boolean(this.script.final_at), onclick: () => void this.editRemark(a.number)}, a.body))))] : null,
      reports.map((r) => h("p", {class: "banner warn"}, t("desk.reported", {article: t("desk.article." + r.article)}))));
  }

  // ---- keeping ----

  enter() {
    if (this.guide.locked) void this.keep();
    else if (document.activeElement === this.guide.input) this.guide.next();
    else this.guide.focus();
  }

  /** What is on the screen as the server takes it, or null after it has said what is missing. */
  entry() {
    const script = this.script, status = this.status.value, note = this.note.value.trim(), body = {status, revision: script.revision ?? 0, seconds: Math.min(86400, Math.round((performance.now() - this.since) / 1000))};
    if (status === "awarded") {
      if (!this.guide.check()) return null;
      if (!this.guide.complete) return this.guide.go(this.guide.values.indexOf(null)), null;
      body.value = markText(this.guide.total);
      if (this.reading.rubric) body.criteria = this.guide.values.map(markText);
    } else if (!note && status !== "absent") {
      toast(t("mark.note_needed"));
      this.note.focus();
      return null;
    }
    if (note) body.note = note;
    return body;
  }

  async keep() {
    const script = this.script;
    if (!this.seen || !this.reading || script.final_at) return;
    const body = this.entry();
    if (!body) return;
    const before = {status: script.status, value: script.value, criteria: script.criteria, note: script.note};
    this.done.push({script, before});
    this.adopt(script, {kind: "mark", body});
    script.entered_at = new Date().toISOString();
    this.shown = null; // what is typed from now on is for the next
    await this.sender.add({kind: "mark", script: script.blind_id, body}).catch((error) => { this.shown = script; throw error; });
    const next = this.items.findIndex((s, i) => i > this.at && !s.status), any = this.items.findIndex((s) => !s.status);
    if (any < 0) toast(t("mark.all_done"));
    await this.go(next >= 0 ? next : any >= 0 ? any : this.at);
  }

  /** Back to the script that was kept last; what it had before is put back, as one more revision. */
  async undo() {
    const last = this.done.pop(), script = last && this.items.find((s) => s.blind_id === last.script.blind_id); // read anew perhaps since it was kept
    if (!script || script.final_at) return;
    const {before} = last;
    if (before.status) {
      const body = {status: before.status, revision: script.revision, ...(before.value ? {value: before.value} : {}), ...(before.criteria ? {criteria: before.criteria} : {}), ...(before.note ? {note: before.note} : {})};
      this.adopt(script, {kind: "mark", body});
      await this.sender.add({kind: "mark", script: script.blind_id, body});
    }
    toast(t(before.status ? "desk.undone" : "desk.reopened", {code: script.blind_code}));
    await this.go(this.items.indexOf(script));
  }

  drafts() {
    return this.items.filter((s) => s.status && !s.final_at);
  }
  async finals() {
    const drafts = this.drafts();
    if (drafts.length === 0 || !(await sureFinal(drafts.length))) return;
    for (let at = 0; at < drafts.length; at += FINALS_AT_ONCE)
      await this.sender.add({kind: "finals", body: {scripts: drafts.slice(at, at + FINALS_AT_ONCE).map((s) => ({blind_id: s.blind_id, revision: s.revision}))}});
    for (const script of drafts) script.final_at = "…";
    this.done = [];
    this.drawEntry();
  }

  async go(index) {
    this.at = index;
    await this.show();
  }

  // ---- beside the mark ----

  async remark(number, place, old = null) {
    if (!this.seen) return;
    const text = await askRemark(old?.body ?? "");
    const list = this.reading.annotations, mine = old ?? {number: 1 + Math.max(0, ...list.map((a) => a.number)), revision: 0, page: number, place};
    if (text !== null && (text || old)) {
      await this.sender.add({kind: "annotation", script: this.script.blind_id, number: mine.number, body: {revision: mine.revision, page: mine.page, place: mine.place, body: text}});
      Object.assign(mine, {body: text, revision: mine.revision + 1});
      if (!old) list.push(mine);
      await this.reader.changed(this.script);
    }
    this.paper.stop();
    this.drawRemarks();
    this.guide.focus();
  }
  editRemark(number) {
    const old = this.reading.annotations.find((a) => a.number === number);
    return this.script.final_at ? null : this.remark(old.page, old.place, old);
  }
  async report() {
    const said = this.seen && this.reading ? await askReport() : null;
    if (said && !this.reading.reports.some((r) => r.article === said.article)) {
      await this.sender.add({kind: "report", script: this.script.blind_id, body: said});
      this.reading.reports.push({...said, reported_at: new Date().toISOString()});
      await this.reader.changed(this.script);
    }
    this.drawRemarks();
    this.guide.focus();
  }

  /** Another examiner is drawn for it; it goes from this list at once. */
  async giveBack(why) {
    if (!this.seen) return;
    const script = this.script, said = script.final_at ? null : await askReturn(why, script.blind_code);
    if (!said) return this.guide.focus();
    this.adopt(script, {kind: "return"});
    this.done = this.done.filter((one) => one.script.blind_id !== script.blind_id);
    void this.reader.forget(script);
    await this.sender.add({kind: "return", script: script.blind_id, body: said});
    toast(t("desk.returned", {code: script.blind_code}));
    if (this.items.length === 0) return nothing();
    const next = this.items.findIndex((s) => !s.status);
    await this.go(Math.max(0, next));
  }

  // ---- keys ----

  key(event) {
    if (event.isComposing || event.defaultPrevented || event.keyCode === 229) return;
    this.lease.touch();
    if (!this.seen) return this.early(event);
    if (event.repeat && event.key === "Enter") return event.preventDefault(); // a key that is held down keeps one mark
    const words = event.target === this.note || event.target === this.status, field = event.target.id === "value";
    if (event.ctrlKey && event.key === "Enter") void this.keep();
    else if (event.altKey && event.key === "ArrowLeft" && this.at > 0) void this.go(this.at - 1);
    else if (event.altKey && event.key === "ArrowRight" && this.at + 1 < this.items.length) void this.go(this.at + 1);
    else if (event.ctrlKey || event.altKey || event.metaKey) return;
    else if (event.key === "Enter" && (field || words)) this.enter();
    else if (words) return;
    else if (field && (event.key === "ArrowUp" || event.key === "ArrowDown")) this.guide.step(event.key === "ArrowUp" ? 1 : -1);
    else if (field && event.key === "PageDown") this.left.scrollBy({top: this.left.clientHeight * 0.8});
    else if (field && event.key === "PageUp") this.left.scrollBy({top: this.left.clientHeight * -0.8});
    else if (event.key === "Escape") { this.paper.stop(); this.guide.focus(); }
    else if (!keysOn()) return;
    else if (event.key === "?") void showKeys();
    else if (event.key === "a") this.paper.choose();
    else if (event.key === "n") this.note.focus();
    else if (event.key === "r") void this.report();
    else if (event.key === "u") void this.undo();
    else if (event.key === "f") void this.finals();
    else if (event.key === RETURN_KEYS.conflict) void this.giveBack("conflict");
    else if (event.key === RETURN_KEYS.given_back) void this.giveBack("given_back");
    else return;
    event.preventDefault();
  }

  /** A key before the script is there: digits wait for its field, all else is nothing. */
  early(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.key === "Tab") return;
    if (/^[0-9.,]$/.test(event.key)) this.typed += event.key;
    event.preventDefault();
  }

  // ---- what the sender says ----

  on_state() {
    const {state, waiting, kept_at} = this.sender, unsent = state === "unsent" || state === "signedout";
    this.state.className = "save-state " + (unsent ? "stop" : state === "kept" ? "ok" : "warn");
    fill(this.state, state === "kept" ? "● " + (kept_at ? t("desk.kept_at", {time: formatTime(kept_at)}) : t("desk.kept")) : unsent ? "▲ " + t("desk." + state, {count: formatNumber(waiting)}) : "◐ " + t("desk.sending"));
  }
  on_done({act, data}) {
    if (act.kind === "mark" && data.quick) toast(t("desk.quick", {code: this.items.find((s) => s.blind_id === act.script)?.blind_code ?? "", seconds: formatNumber(act.body.seconds)}));
    if (act.kind === "return") void (this.items.length ? this.refresh() : markingView()); // a sample in its place, if one is due
    if (act.kind !== "finals") return;
    for (const {blind_id, outcome, final_at} of data.scripts) {
      const script = this.items.find((s) => s.blind_id === blind_id), good = outcome === "declared" || outcome === "repeated";
      if (script) script.final_at = good ? final_at : null;
      if (script && good) void this.reader.forget(script);
    }
    const bad = data.scripts.filter((s) => s.outcome !== "declared" && s.outcome !== "repeated").length;
    toast(bad ? t("desk.finals_part", {count: formatNumber(bad)}) : t("desk.finals_done", {count: formatNumber(data.scripts.length)}));
    void this.refresh();
  }
  async on_refused({act, answer}) {
    toast(answer.status === 404 && act.script ? t("desk.gone") : problemText(answer));
    await this.refresh();
  }
  /** The server's word on everything, when no act waits. A script that it has not changed stays on the screen with all that is typed there. */
  async refresh() {
    let fresh, acts;
    do { // what was read while something was done is older than that
      acts = this.sender.acts;
      fresh = await readAll((path) => api("GET", path).then((a) => (a.ok ? a.data : null)).catch((error) => { if (!(error instanceof NetworkError)) throw error; return null; }));
      if (!fresh || this.sender.waiting > 0) return;
    } while (acts !== this.sender.acts);
    const old = this.script, at = fresh.items.findIndex((s) => s.blind_id === old?.blind_id), now = fresh.items[at];
    Object.assign(this, {items: fresh.items, facts: fresh});
    if (this.items.length === 0) return nothing();
    this.at = at >= 0 ? at : Math.max(0, this.items.findIndex((s) => !s.status));
    const same = now && this.shown === old && this.reading && !old.final_at && !now.final_at && (now.revision ?? 0) === (old.revision ?? 0);
    if (!same) return this.show();
    this.shown = now;
    this.drawProgress();
  }
}

/** One question after the other, as the guide asks; within it in order of random codes. */
const inOrder = (a, b) => b.component.localeCompare(a.component) || a.question - b.question || (a.blind_id < b.blind_id ? -1 : 1);

/** All pages of the list. */
async function readAll(get) {
  const items = [];
  let facts = null;
  for (let after = ""; after !== null;) {
    const data = await get("/scripts?state=all&limit=200" + (after ? "&after=" + encodeURIComponent(after) : ""));
    if (!data) return null;
    items.push(...data.items);
    facts ??= data;
    after = data.next;
  }
  return {items: items.sort(inOrder), pace: facts.pace, parts: facts.parts};
}

const heading = () => h("h1", {class: "visually-hidden"}, t("mark.title"));
function nothing() {
  desk?.lease.open(null);
  page(t("mark.title"), heading(), h("div", {class: "card empty"}, h("p", {}, t("mark.none"))));
}

let desk = null;
export async function markingView() {
  const data = await readAll(read);
  if (!data) return;
  desk?.sender.close();
  desk?.lease.close();
  const held = data.parts.filter((p) => p.state !== "open").map((p) => h("p", {class: "banner " + (p.state === "stopped" ? "stop" : "warn")}, t("desk.held." + p.state, {part: t("component." + p.component) + (p.question ? " · " + t("desk.question", {question: p.question}) : "")})));
  if (data.items.length === 0) return page(t("mark.title"), heading(), held, h("div", {class: "card empty"}, h("p", {}, t("mark.none"))));
  desk = new Desk(data.items, data);
  page(t("mark.title"), heading(), held, h("div", {class: "marking-desk"}, desk.left, desk.form));
  await desk.begin();
}
