// live.js: the live room: each seat's state, last save, answers, time left; read again every five seconds.

import {h, fill} from "/assets/shared/dom.js";
import {t, formatTime, formatNumber, formatDateTime} from "/assets/shared/i18n.js";
import {api, NetworkError} from "/assets/shared/api.js";
import {clockSample, serverNow, formatLeft} from "/assets/shared/clock.js";
import {dataTable} from "/assets/shared/table.js";
import {page, read, waitForJob} from "/assets/staff/app.js";
import {actWithReason} from "/assets/staff/cycles.js";
import {field} from "/assets/shared/form.js";
import {lateCard} from "/assets/staff/hall/late.js";

const EVERY_MS = 5000, STATES = ["assigned", "open", "submitted", "closed", "absent"];

export async function liveView(code, shift_id) {
  const cycle = await read("/cycles/" + code);
  if (!cycle) return;
  const shift = (cycle.progress.shifts ?? []).find((s) => s.id === shift_id);
  const halls = h("p", {class: "halls"}), counts = h("div", {class: "counts-row"}), table = h("div", {}), seen = h("p", {class: "muted", role: "status"});
  const room = h("select", {onchange: () => { after = ""; void refresh(); }}, h("option", {value: ""}, t("live.all_rooms")));
  const more = h("button", {type: "button", onclick: () => { after = next; void refresh(); }}, t("table.next") + " →"), first = h("button", {type: "button", onclick: () => { after = ""; void refresh(); }}, t("live.first"));
  let after = "", next = null, listed = null, asked = 0, shown = 0; // an answer to what was asked before the one that is shown comes too late

  function draw(data) {
    next = data.next;
    fill(counts, STATES.map((state) => h("div", {}, h("div", {class: "muted"}, t("sitting.state." + state)), h("div", {class: "figure"}, formatNumber(data.counts[state] ?? 0)))));
    const rooms = data.rooms ?? [];
    if (rooms.join() !== listed) fill(halls, t("live.halls"), " ", rooms.map((name) => [h("a", {href: `#/cycles/${code}/shifts/${shift_id}/halls/${encodeURIComponent(name)}`}, name), " "])); // a link stays where a hand presses it
    listed = rooms.join();
    for (const name of rooms) if (![...room.options].some((o) => o.value === name)) room.append(h("option", {value: name}, name));
    const left = (row) => (row.state === "open" && row.closes_at ? formatLeft(Date.parse(row.closes_at) - serverNow()) : "");
    fill(table, dataTable(t("live.title"), [{title: t("live.room"), value: (r) => r.room}, {title: t("live.seat"), number: true, value: (r) => r.seat}, {title: t("column.roll_number"), value: (r) => r.roll_number}, {title: t("column.name"), value: (r) => r.full_name},
      {title: t("live.state"), value: (r) => h("span", {class: "tag " + ({open: "ok", absent: "warn"}[r.state] ?? "plain")}, t("sitting.state." + r.state))}, {title: t("live.answered"), number: true, value: (r) => formatNumber(r.answered ?? 0)},
      {title: t("live.last_saved"), value: (r) => formatTime(r.last_saved_at)}, {title: t("live.left"), number: true, value: left}], data.rows ?? data.items ?? []));
    more.disabled = !next;
    fill(seen, t("live.read_at", {time: formatTime(data.server_now)}));
  }

  async function refresh() {
    const sent_ms = performance.now(), mine = ++asked;
    try {
      const answer = await api("GET", `/shifts/${shift_id}/live?room=${encodeURIComponent(room.value)}${after ? "&after=" + encodeURIComponent(after) : ""}`);
      if (answer.ok && mine > shown) {
        shown = mine;
        clockSample(answer.data.server_now, sent_ms);
        draw(answer.data);
      }
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      fill(seen, t("problem.network"));
    }
  }

  const close = h("button", {type: "button", class: "danger", disabled: shift?.state === "closed", onclick: async () => {
    const answer = await actWithReason(t("live.close"), t("live.close_text"), `/shifts/${shift_id}/close`);
    if (answer && (await waitForJob(answer.job_id))) await liveView(code, shift_id);
  }}, t("live.close"));
  page(t("live.title"), h("p", {}, h("a", {href: "#/cycles/" + code}, "← " + code)), h("div", {class: "row between"}, h("h1", {}, `${t("live.title")} · ${shift?.code ?? ""}`), close),
    shift ? h("p", {}, `${formatDateTime(shift.starts_at)} – ${formatDateTime(shift.ends_at)} · ${t("shift.state." + shift.state)}`) : null, halls, counts, h("div", {class: "filters"}, field("room", t("live.room"), room)), table,
    h("div", {class: "pager"}, first, more, seen), lateCard(shift_id));
  await refresh();
  const timer = setInterval(() => (document.contains(table) ? document.visibilityState === "visible" && refresh() : clearInterval(timer)), EVERY_MS);
}
