// live.js: a panel read again every two seconds, and its times by the clock of the server.

import {h} from "/assets/shared/dom.js";
import {t} from "/assets/shared/i18n.js";
import {api, NetworkError} from "/assets/shared/api.js";
import {clockSample, clockKnown, serverNow, formatLeft} from "/assets/shared/clock.js";

const EVERY_MS = 2000;

/** Calls `draw(sheet)` whenever what is known of the panel has changed, while `place` stands in the page; gives a function that reads at once.
 *  An answer to what was asked before the one that is shown comes too late: it may be older. */
export function watch(panel_id, place, seen, draw) {
  let last = "", asked = 0, shown = 0;
  async function refresh() {
    const sent_ms = performance.now(), mine = ++asked;
    try {
      const answer = await api("GET", "/panels/" + panel_id);
      if (!answer.ok || mine < shown) return;
      shown = mine;
      clockSample(answer.data.now, sent_ms);
      const {now: _, ...rest} = answer.data, text = JSON.stringify(rest);
      seen.textContent = "";
      if (text !== last) {
        last = text;
        draw(answer.data);
      }
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      seen.textContent = t("problem.network");
    }
  }
  const timer = setInterval(() => (document.contains(place) ? document.visibilityState === "visible" && void refresh() : clearInterval(timer)), EVERY_MS);
  return refresh;
}

/** The time left of a hearing's phase, or by how much it runs over; counts by itself. */
export function timeLeft(hearing) {
  const box = h("span", {class: "time-left", role: "timer"});
  if (!hearing.due_at || !["preparation", "presentation", "questions"].includes(hearing.state)) return box;
  const tick = () => {
    if (!clockKnown()) return;
    const left = Date.parse(hearing.due_at) - serverNow();
    box.classList.toggle("over", left < 0);
    box.textContent = left >= 0 ? t("panel.left", {time: formatLeft(left)}) : t("panel.over", {time: formatLeft(-left)});
  };
  tick();
  const timer = setInterval(() => (document.contains(box) ? tick() : clearInterval(timer)), 500);
  return box;
}

const TONES = {waiting: "plain", called: "warn", preparation: "warn", presentation: "flag", questions: "flag", marking: "stop", open: "stop", settled: "ok"};
export const hearingTag = (hearing) => h("span", {class: "tag " + (hearing.status && hearing.status !== "awarded" ? "warn" : TONES[hearing.state])},
  t(hearing.status && hearing.status !== "awarded" ? "panel.status." + hearing.status : "panel.hearing." + hearing.state));
