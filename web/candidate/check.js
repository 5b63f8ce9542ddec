// check.js: is this computer fit: browser, clock, store, line; and one practice item that counts for nothing.

import {h, fill, showView} from "/assets/shared/dom.js";
import {t, formatNumber} from "/assets/shared/i18n.js";
import {api} from "/assets/shared/api.js";
import {clockSample, clientError, roundTrip} from "/assets/shared/clock.js";
import {field} from "/assets/shared/form.js";
import {storageWorks} from "/assets/candidate/store.js";

const tag = (kind, text) => h("span", {class: "tag " + kind}, {ok: "✓ ", warn: "! ", stop: "✕ ", plain: ""}[kind] + text);

function browserFit() {
  return ["BroadcastChannel", "indexedDB", "fetch"].every((name) => name in window) && "timeout" in AbortSignal && CSS.supports("selector(:has(a))");
}

async function measureLine() {
  for (let i = 0; i < 4; i++) {
    const sent_ms = performance.now();
    const answer = await api("GET", "/clock");
    clockSample(answer.data.server_now, sent_ms);
  }
  return roundTrip();
}

/** Megabits per second, from the files of this page. */
async function measureSpeed() {
  const from_ms = performance.now();
  let bytes = 0;
  for (const name of ["candidate/paper.js", "candidate/i18n/vi.json", "shared/item.js", "shared/base.css"]) bytes += (await (await fetch("/assets/" + name, {cache: "no-store"})).arrayBuffer()).byteLength;
  return bytes * 8 / 1000 / (performance.now() - from_ms);
}

/** A line to try the input method on; nothing of it is kept. */
function inputLine() {
  const said = h("p", {role: "status", class: "muted"}), entry = h("input", {type: "text", autocomplete: "off", spellcheck: "false", maxlength: "100"});
  const look = () => fill(said, entry.value ? t(/[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/iu.test(entry.value.normalize("NFC")) ? "check.ime_good" : "check.ime_plain") : "");
  entry.addEventListener("input", (event) => { if (!event.isComposing) look(); });
  entry.addEventListener("compositionend", look);
  return h("section", {class: "card"}, field("ime", t("check.ime"), entry, t("check.ime_hint")), said);
}

async function runChecks(show) {
  show("browser", ...(browserFit() ? ["ok", t("check.fit")] : ["stop", t("check.browser_old")]));
  try {
    show("storage", ...((await storageWorks()) ? ["ok", t("check.fit")] : ["stop", t("check.storage_bad")]));
  } catch {
    show("storage", "stop", t("check.storage_bad"));
  }
  try {
    const ms = await measureLine();
    show("line", ms < 1000 ? "ok" : "warn", t("check.line_ms", {ms: formatNumber(Math.round(ms))}));
    const off_s = Math.round(Math.abs(clientError()) / 1000);
    show("clock", off_s < 60 ? "ok" : "warn", off_s < 60 ? t("check.fit") : t("check.clock_off", {minutes: formatNumber(Math.round(off_s / 60))}));
  } catch {
    show("line", "stop", t("check.line_bad"));
    show("clock", "warn", t("check.line_bad"));
  }
  try {
    const speed = await measureSpeed();
    show("speed", speed >= 1 ? "ok" : "warn", t("check.speed_is", {speed: formatNumber(Math.round(speed * 10) / 10)}));
  } catch {
    show("speed", "stop", t("check.line_bad"));
  }
}

function practiceItem(done) {
  const state = h("p", {role: "status", class: "muted"}, t("practice.state_none"));
  const options = ["a", "b", "c", "d"].map((letter) => h("label", {class: "option"},
    h("input", {type: "radio", name: "practice", value: letter, onchange: () => {
      fill(state, t("practice.state_chosen", {letter: letter.toUpperCase()}));
      done();
    }}), h("span", {class: "letter", "aria-hidden": "true"}, letter.toUpperCase()), h("span", {class: "text"}, t("practice.option_" + letter))));
  return h("section", {class: "card question", "aria-labelledby": "practice-title"}, h("h2", {id: "practice-title"}, t("practice.title")), h("p", {class: "muted"}, t("practice.text")),
    h("fieldset", {}, h("legend", {}, t("practice.stem")), options), state);
}

export function checkView(root, frame, sitting, next) {
  const names = ["browser", "storage", "line", "clock", "speed"];
  const results = Object.fromEntries(names.map((name) => [name, h("span", {}, tag("plain", t("check.running")))]));
  const go = h("button", {class: "primary", type: "button", disabled: true, onclick: next}, t("check.go_on"));
  const hint = h("p", {class: "muted", id: "go-hint"}, t("check.practise_first"));
  go.setAttribute("aria-describedby", "go-hint");
  const show = (name, kind, text) => fill(results[name], tag(kind, text));
  showView(root, t("check.title"), frame(h("main", {class: "narrow"}, stepList(1),
    h("h1", {}, t("check.title")), h("p", {}, t("check.text")),
    h("section", {class: "card", "aria-label": t("check.title")}, h("ul", {class: "checks", "aria-live": "polite"}, names.map((name) => h("li", {}, h("span", {}, t("check." + name)), results[name])))),
    inputLine(),
    practiceItem(() => { go.disabled = false; hint.hidden = true; }),
    h("div", {class: "row"}, go, hint)), sitting));
  void runChecks(show);
}

export function stepList(at) {
  return h("ol", {class: "steps"}, ["sign_in", "check", "wait", "sit"].map((name, i) =>
    h("li", {class: i < at ? "done" : null, "aria-current": i === at ? "step" : null}, t("step." + name))));
}
