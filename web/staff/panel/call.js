// call.js: the list at the door: who is called, who is next.

import {h, fill} from "/assets/shared/dom.js";
import {t} from "/assets/shared/i18n.js";
import {dataTable} from "/assets/shared/table.js";
import {page, read} from "/assets/staff/app.js";
import {watch, hearingTag, timeLeft} from "/assets/staff/panel/live.js";

export async function callView(panel_id) {
  const sheet = await read("/panels/" + panel_id);
  if (!sheet) return;
  const list = h("div", {}), now = h("div", {class: "call-now", "aria-live": "polite"}), seen = h("p", {class: "muted", role: "status"});
  const draw = (data) => {
    const called = data.hearings.filter((one) => ["called", "preparation"].includes(one.state)), next = data.hearings.find((one) => one.state === "waiting");
    fill(now, data.state === "draft" || data.state === "committed" ? h("p", {}, t("panel.call.undrawn")) : [
      called.map((one) => h("p", {class: "call"}, t("panel.call.now"), " ", h("strong", {}, one.roll_number))),
      called.length === 0 && next ? h("p", {class: "call next"}, t("panel.call.next"), " ", h("strong", {}, next.roll_number)) : null]);
    fill(list, dataTable(t("panel.call"), [{title: t("panel.place"), value: (one) => String(one.place ?? "–")}, {title: t("column.roll_number"), value: (one) => one.roll_number},
      {title: t("panel.hearing"), value: hearingTag}, {title: t("panel.time"), value: timeLeft}], data.hearings));
  };
  page(t("panel.call"), h("p", {class: "no-print"}, h("a", {href: "#/panels/" + panel_id}, "← " + sheet.code)), h("h1", {}, `${t("panel.call")} · ${sheet.room}`), now, list, seen);
  await watch(panel_id, list, seen, draw)();
}
