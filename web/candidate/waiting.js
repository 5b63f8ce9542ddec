// waiting.js: the waiting room. The server's clock decides; at the start the paper opens by itself.

import {h, showView, fill} from "/assets/shared/dom.js";
import {t, formatDateTime, currentLanguage} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {clockSample, serverNow, formatLeft} from "/assets/shared/clock.js";
import {fetchSealed} from "/assets/candidate/sealed.js";
import {stepList} from "/assets/candidate/check.js";
import {Presence, Cover} from "/assets/candidate/hold.js";

const SEALED_BEFORE_MS = 3600000, SEALED_EVERY_MS = 60000;

export function waitingView(root, frame, sitting, route) {
  const starts_ms = Date.parse(sitting.shift.starts_at), ends_ms = Date.parse(sitting.shift.ends_at);
  const personal = sitting.shift.clock === "personal";
  const countdown = h("p", {class: "countdown", role: "timer", "aria-live": "off"});
  const line = h("p", {role: "status"}), sealed = h("p", {role: "status", class: "muted"});
  const begin = h("button", {class: "primary", type: "button", onclick: open}, t("wait.begin"));
  const title = currentLanguage() === "vi" ? sitting.cycle.title_vi : sitting.cycle.title_en;
  let opening = false, timer = 0, asked_ms = -Infinity;

  /** The paper comes before the start, encrypted; the start then needs only its key. */
  async function bringPaper() {
    if (performance.now() - asked_ms < SEALED_EVERY_MS || serverNow() < starts_ms - SEALED_BEFORE_MS) return;
    asked_ms = performance.now();
    try {
      if (await fetchSealed(sitting.id)) {
        asked_ms = Infinity;
        fill(sealed, t("wait.sealed"));
      }
    } catch {
      // without it the paper comes at the start
    }
  }

  async function open() {
    if (opening) return;
    opening = true;
    begin.disabled = true;
    const sent_ms = performance.now();
    try {
      const answer = await api("POST", `/sittings/${sitting.id}/start`, {});
      if (answer.data?.server_now) clockSample(answer.data.server_now, sent_ms);
      if (answer.ok || answer.problem?.code === "ended") {
        leave();
        return await route();
      }
      fill(line, problemText(answer));
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      fill(line, t("problem.network"));
    }
    begin.disabled = false;
    setTimeout(() => { opening = false; }, 1000);
  }

  /** From now on the paper says where she is, and is covered while its clock stands. */
  function leave() {
    clearInterval(timer);
    presence.end();
    cover.end();
  }

  function tick() {
    const now = serverNow();
    if (now >= ends_ms) fill(countdown, t("wait.over"));
    else if (now < starts_ms) fill(countdown, formatLeft(starts_ms - now));
    else fill(countdown, personal ? t("wait.ready") : formatLeft(0));
    begin.hidden = now < starts_ms || now >= ends_ms;
    if (!personal && now >= starts_ms && now < ends_ms) void open();
  }

  showView(root, t("wait.title"), frame(h("main", {class: "narrow"}, stepList(2), h("h1", {}, t("wait.title")),
    h("section", {class: "card"}, sitting.cycle.demonstration ? h("p", {}, h("span", {class: "tag warn"}, t("demonstration"))) : null,
      h("dl", {class: "facts"}, h("dt", {}, t("wait.cycle")), h("dd", {}, title), h("dt", {}, t("wait.room")), h("dd", {}, `${sitting.room} · ${t("wait.seat", {seat: sitting.seat})}`),
        h("dt", {}, personal ? t("wait.window") : t("wait.starts")), h("dd", {}, personal ? `${formatDateTime(sitting.shift.starts_at)} – ${formatDateTime(sitting.shift.ends_at)}` : formatDateTime(sitting.shift.starts_at)),
        h("dt", {}, t("wait.minutes")), h("dd", {}, t("wait.minutes_items", {minutes: sitting.shift.minutes, items: sitting.item_count}))),
      sitting.check_in ? h("div", {class: "banner warn"}, t("wait.check_in")) : null, countdown, line, sealed, h("p", {class: "row"}, begin)),
    h("section", {class: "card"}, h("h2", {}, t("wait.rules_title")), h("ul", {}, [1, 2, 3, 4].map((n) => h("li", {}, t("wait.rule_" + n))), sitting.shift.grace_s > 0 ? h("li", {}, t("wait.rule_grace", {seconds: sitting.shift.grace_s})) : null))), sitting));
  tick();
  const cover = new Cover(), presence = new Presence(sitting.id, () => 0, (answer) => cover.show(answer), (answer) => {
    if (answer.problem?.code === "seb-required") fill(line, problemText(answer));
  });
  timer = setInterval(() => {
    if (!root.contains(countdown)) return leave();
    void bringPaper();
    tick();
  }, 250);
}
