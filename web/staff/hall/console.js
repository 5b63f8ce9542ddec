// console.js: the invigilator's console of one hall, live by server-sent events; where they do not come, read again every five seconds.

import {h, fill, toast} from "/assets/shared/dom.js";
import {t, formatTime, formatNumber, formatDateTime} from "/assets/shared/i18n.js";
import {api, NetworkError} from "/assets/shared/api.js";
import {clockSample, serverNow, formatLeft} from "/assets/shared/clock.js";
import {field} from "/assets/shared/form.js";
import {page, read, may} from "/assets/staff/app.js";
import {clockActs, seatDialog, incidentDialog, staffDialog} from "/assets/staff/hall/acts.js";
import {minutesCard} from "/assets/staff/hall/minutes.js";
import {sebCard} from "/assets/staff/hall/browser.js";
import {filesCard} from "/assets/staff/hall/files.js";
import {lateCard} from "/assets/staff/hall/late.js";

const POLL_MS = 5000, SILENT_MS = 25000;
const FILTERS = ["all", "problem", "open", "assigned", "ended", "offline", "held"];

/** What is wrong at a seat, the worst first; none: []. */
export function problemsOf(seat, room) {
  const found = [];
  if (seat.second_machine) found.push("second_machine");
  if (seat.connection === "offline" && seat.state === "open") found.push("offline");
  if (seat.seb === "mismatch" || seat.seb === "missing") found.push("seb_" + seat.seb);
  if (seat.check_in === "refused") found.push("refused");
  if (seat.held_at) found.push(seat.evacuated ? "evacuated" : "held");
  if (seat.incidents > 0) found.push("incident");
  if (room.check_in && seat.state === "assigned" && !seat.check_in && Date.parse(room.starts_at) <= serverNow()) found.push("unchecked");
  return found;
}
const HEADS = ["seat", "candidate", "state", "connection", "answered", "saved", "left", "problems"], BLOCK = 3; // from the fourth on they are named where a seat is a block
const WORST = ["second_machine", "offline", "seb_mismatch", "seb_missing", "refused", "evacuated", "held", "incident", "unchecked"];
const rank = (problems) => (problems.length ? WORST.indexOf(problems[0]) : WORST.length);

export async function hallView(code, shift_id, room_code) {
  const path = `/shifts/${shift_id}/rooms/${encodeURIComponent(room_code)}`;
  const sent_ms = performance.now(), room = await read(path);
  if (!room) return;
  clockSample(room.server_now, sent_ms);
  const view = new Console(code, path, room);
  view.build();
  view.listen();
}

class Console {
  constructor(code, path, room) {
    Object.assign(this, {code, path, room, seats: new Map(room.seats.map((seat) => [seat.sitting_id, seat])), rows: new Map(), heard_ms: performance.now(), told: 0});
  }

  build() {
    const {room} = this;
    this.counts = h("dl", {class: "hall-counts"});
    this.state = h("p", {class: "muted", role: "status"});
    this.search = h("input", {type: "search", oninput: () => this.draw()});
    this.filter = h("select", {onchange: () => this.draw()}, FILTERS.map((name) => h("option", {value: name}, t("hall.filter." + name))));
    this.order = h("select", {onchange: () => this.draw()}, ["problem", "seat"].map((name) => h("option", {value: name}, t("hall.order." + name))));
    this.body = h("tbody", {});
    this.empty = h("p", {class: "empty", hidden: true}, t("hall.no_seat"));
    page(`${t("hall.title")} ${room.room}`, h("p", {}, h("a", {href: "#/cycles/" + this.code}, "← " + this.code), " · ", h("a", {href: `#/cycles/${this.code}/shifts/${room.shift_id}`}, room.shift)),
      h("div", {class: "row between"}, h("h1", {}, `${t("hall.title")} ${room.room} · ${room.shift}`), this.state),
      h("p", {}, `${formatDateTime(room.starts_at)} · ${t("hall.minutes_n", {minutes: room.minutes})} · ${t("hall.watched_by", {names: room.staff.map((s) => s.full_name).join(", ") || "–"})}`,
        may("cycle-write") ? [" ", h("button", {type: "button", class: "quiet", onclick: () => staffDialog(this)}, t("hall.staff"))] : null),
      room.yours ? null : h("div", {class: "banner warn"}, t("hall.not_yours")),
      this.banner = h("div", {role: "alert"}), this.counts,
      h("section", {class: "card hall-acts no-print", "aria-labelledby": "hall-acts"}, h("h2", {id: "hall-acts"}, t("hall.acts")),
        h("div", {class: "row"}, clockActs(this), h("button", {type: "button", onclick: () => incidentDialog(this, null)}, t("hall.incident")))),
      h("div", {class: "filters"}, field("hall-search", t("hall.search"), this.search), field("hall-filter", t("hall.filter"), this.filter), field("hall-order", t("hall.order"), this.order)),
      h("div", {class: "table-wrap hall-seats", tabindex: "0", role: "region", "aria-label": t("hall.seats")}, h("table", {}, h("caption", {class: "visually-hidden"}, t("hall.seats")),
        h("thead", {}, h("tr", {}, HEADS.map((name) => h("th", {scope: "col"}, t("hall.column." + name))))), this.body), this.empty),
      h("p", {class: "muted no-print"}, t("hall.keys")),
      room.yours ? minutesCard(this) : null, lateCard(room.shift_id, room.room), sebCard(this), may("cycle-write") ? filesCard(this.code) : null);
    this.body.addEventListener("keydown", (event) => this.key(event));
    this.draw();
    this.timer = setInterval(() => this.tick(), 1000);
  }

  /** Events; silence or a refusal makes it ask again by itself. */
  listen() {
    this.source = new EventSource("/api/v1" + this.path + "/events");
    const take = (event, all) => {
      this.heard_ms = performance.now();
      this.told++;
      const data = JSON.parse(event.data);
      if (all) this.seats.clear();
      for (const seat of data.seats) this.seats.set(seat.sitting_id, seat);
      if (all || data.seats.length) this.draw();
    };
    this.source.addEventListener("all", (event) => take(event, true));
    this.source.addEventListener("some", (event) => take(event, false));
  }

  tick() {
    if (!document.contains(this.body)) {
      clearInterval(this.timer);
      return this.source?.close();
    }
    const silent = performance.now() - this.heard_ms > SILENT_MS;
    if ((silent || this.source.readyState === EventSource.CLOSED) && performance.now() - (this.polled_ms ?? -Infinity) > POLL_MS) void this.poll();
    fill(this.state, t(silent ? "hall.polling" : "hall.live"), " ", formatTime(new Date(serverNow()).toISOString()));
    for (const [id, row] of this.rows) this.drawLeft(row, this.seats.get(id));
  }

  /** Reads the hall at once: after an act, and where events do not come. */
  async poll() {
    this.polled_ms = performance.now();
    const {told} = this;
    try {
      const sent_ms = performance.now(), answer = await api("GET", this.path);
      if (!answer.ok) return;
      clockSample(answer.data.server_now, sent_ms);
      this.room = answer.data;
      if (told === this.told) this.seats = new Map(answer.data.seats.map((seat) => [seat.sitting_id, seat])); // else an event may have told something newer, and would not tell it again
      this.draw();
      if (this.source.readyState === EventSource.CLOSED) this.listen();
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
    }
  }

  shown() {
    const words = this.search.value.trim().toLowerCase(), filter = this.filter.value;
    const list = [...this.seats.values()].map((seat) => ({seat, problems: problemsOf(seat, this.room)})).filter(({seat, problems}) =>
      (!words || `${seat.seat} ${seat.roll_number} ${seat.full_name}`.toLowerCase().includes(words)) &&
      (filter === "all" || (filter === "problem" && problems.length) || seat.state === filter || (filter === "ended" && ["submitted", "closed", "absent"].includes(seat.state)) ||
        (filter === "offline" && seat.connection === "offline") || (filter === "held" && seat.held_at)));
    const by_seat = (a, b) => a.seat.seat - b.seat.seat;
    return list.sort(this.order.value === "seat" ? by_seat : (a, b) => rank(a.problems) - rank(b.problems) || by_seat(a, b));
  }

  drawCounts() {
    const all = [...this.seats.values()], count = (test) => all.filter(test).length;
    const parts = [["assigned", count((s) => s.state === "assigned")], ["open", count((s) => s.state === "open")], ["submitted", count((s) => s.state === "submitted")],
      ["closed", count((s) => s.state === "closed")], ["absent", count((s) => s.state === "absent")], ["present", count((s) => s.check_in === "present")], ["offline", count((s) => s.connection === "offline" && s.state === "open")],
      ["problem", count((s) => problemsOf(s, this.room).length)]];
    fill(this.counts, parts.map(([name, n]) => h("div", {class: name === "problem" && n ? "wrong" : null, "data-count": name}, h("dt", {}, t("hall.count." + name)), h("dd", {}, formatNumber(n)))));
    const held = all.filter((s) => s.held_at);
    fill(this.banner, held.length ? h("div", {class: "banner stop"}, h("strong", {}, t(held.some((s) => s.evacuated) ? "hall.banner_evacuated" : "hall.banner_held", {count: formatNumber(held.length)}))) : null);
  }

  /** Rows stay the same elements, so that who works with the keyboard keeps her place. */
  draw() {
    this.drawCounts();
    const list = this.shown(), keep = new Set(list.map(({seat}) => seat.sitting_id)), focused = document.activeElement?.closest?.("tr")?.dataset.id;
    for (const [id, row] of this.rows) if (!keep.has(id)) { row.element.remove(); this.rows.delete(id); }
    let before = null;
    for (const {seat, problems} of list) {
      const row = this.rows.get(seat.sitting_id) ?? this.newRow(seat);
      this.drawRow(row, seat, problems);
      const at = before ? before.nextSibling : this.body.firstChild;
      if (row.element !== at) this.body.insertBefore(row.element, at);
      before = row.element;
    }
    this.empty.hidden = list.length > 0;
    if (focused && document.activeElement?.closest?.("tr")?.dataset.id !== focused) this.rows.get(focused)?.button.focus({preventScroll: true});
  }

  newRow(seat) {
    const button = h("button", {type: "button", class: "quiet", onclick: () => seatDialog(this, this.seats.get(seat.sitting_id))});
    const cells = HEADS.slice(1).map((name, i) => h("td", {"data-label": i + 1 < BLOCK ? null : t("hall.column." + name)}));
    const row = {button, cells, element: h("tr", {"data-id": seat.sitting_id}, h("th", {scope: "row"}, button), cells), said: ""};
    this.rows.set(seat.sitting_id, row);
    return row;
  }

  drawRow(row, seat, problems) {
    const said = JSON.stringify([seat, problems]);
    if (row.said === said) return;
    row.said = said;
    const [candidate, state, connection, answered, saved, left, wrong] = row.cells;
    row.element.className = problems.length ? "wrong" : "";
    fill(row.button, String(seat.seat));
    row.button.setAttribute("aria-label", t("hall.open_seat", {seat: seat.seat, name: seat.full_name}));
    fill(candidate, h("div", {}, seat.full_name), h("div", {class: "muted"}, seat.roll_number, seat.check_in ? ` · ${t("hall.check_in." + seat.check_in)}` : ""));
    fill(state, h("span", {class: "tag " + ({open: "ok", absent: "warn"}[seat.state] ?? "plain")}, t("sitting.state." + seat.state)));
    fill(connection, seat.connection === "offline" ? t("hall.offline_since", {time: formatTime(seat.seen_at)}) : t("hall.connection." + seat.connection));
    fill(answered, `${formatNumber(seat.answered)} / ${formatNumber(this.room.item_count)}`, seat.position ? h("div", {class: "muted"}, t("hall.at_item", {n: seat.position})) : null, seat.flagged ? h("div", {class: "muted"}, `⚑ ${seat.flagged}`) : null);
    fill(saved, seat.last_saved_at ? formatTime(seat.last_saved_at) : "–");
    fill(left);
    this.drawLeft(row, seat);
    fill(wrong, problems.map((name) => h("span", {class: "tag " + (["held", "incident", "unchecked"].includes(name) ? "warn" : "stop")}, t("hall.problem." + name))));
  }

  drawLeft(row, seat) {
    const left = row.cells[5];
    if (!seat || seat.state !== "open" || !seat.closes_at) return void (left.textContent && (left.textContent = ""));
    const held_ms = seat.held_at ? serverNow() - Date.parse(seat.held_at) : 0;
    left.textContent = formatLeft(Math.max(0, Date.parse(seat.closes_at) + held_ms - serverNow())) + (seat.held_at ? " ⏸" : "");
  }

  /** Arrows go from seat to seat. */
  key(event) {
    const row = event.target.closest("tr");
    const to = {ArrowDown: row?.nextElementSibling, ArrowUp: row?.previousElementSibling, Home: this.body.firstElementChild, End: this.body.lastElementChild}[event.key];
    if (!to) return;
    event.preventDefault();
    to.querySelector("button").focus();
  }

  /** The whole page anew, when more than its seats has changed. */
  again() {
    return hallView(this.code, this.room.shift_id, this.room.room);
  }

  async done(text) {
    if (text) toast(text);
    await this.poll();
  }
}
