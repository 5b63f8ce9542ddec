// app.js: who is signed in, what she may see, and which page the address names.

import {h, fill, showView, toast, ask} from "/assets/shared/dom.js";
import {loadWords, t, has} from "/assets/shared/i18n.js";
import {languageButton} from "/assets/shared/language.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {applyLook, chooseTheme, currentTheme, THEMES} from "/assets/shared/theme.js";
import {signInView, passwordView} from "/assets/staff/account.js";
import {cyclesView, newCycleView, cycleView} from "/assets/staff/cycles.js";
import {packsView} from "/assets/staff/packs.js";
import {candidatesView} from "/assets/staff/candidates.js";
import {credentialsView} from "/assets/staff/credentials.js";
import {importView} from "/assets/staff/imports.js";
import {liveView} from "/assets/staff/live.js";
import {markingView} from "/assets/staff/marking/desk.js";
import {alikeView} from "/assets/staff/marking/alike.js";
import {hallView} from "/assets/staff/hall/console.js";
import {runView} from "/assets/staff/results.js";
import {APPEAL_PAGES} from "/assets/staff/appeal/appeals.js";
import {ballotsView} from "/assets/staff/ballot/ballots.js";
import {compareView} from "/assets/staff/result/compare.js";
import {formView as drawFormView} from "/assets/staff/bank.js";
import {BANK_PAGES, inBank, mayLeave} from "/assets/staff/bank/pages.js";
import {PANEL_PAGES} from "/assets/staff/panel/pages.js";
import {staffListView} from "/assets/staff/accounts.js";
import {keysView} from "/assets/staff/keys/keys.js";
import {reviewView} from "/assets/staff/keys/review.js";
import {afterView} from "/assets/staff/release/after.js";
import {lettersView} from "/assets/staff/release/letters.js";
import {scansView, scanBagView} from "/assets/staff/scan/scan.js";
import {auditView} from "/assets/staff/audit/audit.js";
import {resultQualityView} from "/assets/staff/quality/result.js";
import {markingQualityView, markingQualityListView} from "/assets/staff/quality/marking.js";
import {leadListView, leadView} from "/assets/staff/marking-lead/lead.js";
import {dialoguesView, chairView, kinshipsView} from "/assets/staff/marking-lead/cases.js";

const LEAVE_MS = 3000; // a long upload does not hold her

const root = document.getElementById("app");
let me = null;
let shown = "";  // the address of the page that is shown
let turn = 0;    // counts the pages that were asked for: what was read for an earlier one is not shown
let acting = 0;  // acts whose answer is not there yet

export const may = (permission) => me?.permissions.includes(permission) ?? false;
export const whoAmI = () => me;

// folders with catalogues of texts
const AREAS = [
  "staff",
  "staff/appeal",
  "staff/audit",
  "staff/ballot",
  "staff/hall",
  "staff/bank",
  "staff/marking",
  "staff/panel",
  "staff/keys",
  "staff/release",
  "staff/result",
  "staff/quality",
  "staff/scan",
  "staff/marking-lead",
];

// address, permission, view(…parts)
const PAGES = [
  [/^#\/cycles$/, "cycle-read", cyclesView],
  [/^#\/packs$/, "cycle-read", packsView],
  [/^#\/cycles\/new$/, "cycle-write", newCycleView],
  [/^#\/cycles\/([A-Z0-9-]+)$/, "cycle-read", cycleView],
  [/^#\/cycles\/([A-Z0-9-]+)\/candidates$/, "cycle-read", candidatesView],
  [/^#\/cycles\/([A-Z0-9-]+)\/credentials$/, "cycle-read", credentialsView],
  [/^#\/cycles\/([A-Z0-9-]+)\/shifts\/([0-9a-f]{16})$/, "hall", liveView],
  [/^#\/cycles\/([A-Z0-9-]+)\/ballots$/, "result-read", ballotsView],
  [/^#\/cycles\/([A-Z0-9-]+)\/ballots$/, "chair", ballotsView],
  [/^#\/cycles\/([A-Z0-9-]+)\/keys$/, "result-read", keysView],
  [/^#\/key-reviews\/([0-9a-f]{16})$/, "result-read", reviewView],
  [/^#\/cycles\/([A-Z0-9-]+)\/shifts\/([0-9a-f]{16})\/halls\/([A-Za-z0-9-]+)$/, "hall", hallView],
  [/^#\/runs\/([0-9a-f]{16})$/, "result-read", runView],
  [/^#\/runs\/([0-9a-f]{16})\/compare(?:\/([0-9a-f]{16}))?$/, "result-read", compareView],
  [/^#\/cycles\/([A-Z0-9-]+)\/after$/, "result-read", afterView],
  [/^#\/runs\/([0-9a-f]{16})\/letters$/, "result-read", lettersView],
  [/^#\/import\/(officers|posts|candidates|credentials|items|calibrations)(?:\/([A-Z0-9-]+))?$/, "staff", importView],
  [/^#\/marking$/, "mark", markingView],
  [/^#\/marking-guides(?:\/([A-Z0-9-]+))?$/, "mark-lead", alikeView],
  [/^#\/dialogues$/, "mark", dialoguesView],
  [/^#\/marking-lead$/, "mark-lead", leadListView],
  [/^#\/marking-lead\/([A-Z0-9-]+)(?:\/([a-z]+))?$/, "mark-lead", leadView],
  [/^#\/chair-cases$/, "chair", chairView],
  [/^#\/kinships(?:\/([A-Z0-9-]+))?$/, "script", kinshipsView],
  [/^#\/runs\/([0-9a-f]{16})\/quality$/, "result-read", resultQualityView],
  [/^#\/marking-quality$/, "mark-lead", markingQualityListView],
  [/^#\/marking-quality\/([A-Z0-9-]+)$/, "mark-lead", markingQualityView],
  ...APPEAL_PAGES,
  ...BANK_PAGES,
  ...PANEL_PAGES,
  [/^#\/forms\/([A-Z0-9-]+)$/, "form-seal", drawFormView],
  [/^#\/scans(?:\/([A-Z0-9-]+))?$/, "script", scansView],
  [/^#\/scan-bags\/([0-9a-f]{16})$/, "script", scanBagView],
  [/^#\/staff$/, "accounts", staffListView],
  [/^#\/audit$/, "audit-read", auditView],
  [/^#\/password$/, "own", passwordView],
];
const MENU = [["#/cycles", "cycle-read"], ["#/items", "bank-read"], ["#/marking", "mark"], ["#/dialogues", "mark"], ["#/marking-guides", "mark-lead"], ["#/panels", "panel-read"], ["#/appeals", "appeal-read"], ["#/appeal-words", "appeal-word"], ["#/marking-lead", "mark-lead"], ["#/marking-quality", "mark-lead"], ["#/chair-cases", "chair"], ["#/kinships", "script"], ["#/scans", "script"], ["#/staff", "accounts"], ["#/audit", "audit-read"]];

function frame(content) {
  const here = location.hash;
  const theme = h("select", {"aria-label": t("look.theme"), onchange: () => chooseTheme(theme.value)}, THEMES.map((name) => h("option", {value: name, selected: name === currentTheme()}, t("theme." + name))));
  theme.style.width = "auto";
  return [
    h("a", {class: "skip", href: "#app", onclick: (event) => { event.preventDefault(); root.querySelector("h1")?.focus(); }}, t("skip")),
    h("header", {class: "page-header"}, h("div", {}, h("a", {class: "name", href: "#/"}, "Khoacu"),
      me ? h("nav", {class: "place", "aria-label": t("menu")}, MENU.filter(([, permission]) => may(permission)).map(([href]) =>
        h("a", {href, "aria-current": (here + "/").startsWith(href + "/") || (href === "#/items" && inBank(here)) || (href === "#/cycles" && here === "#/packs") ? "page" : null}, t("menu." + href.slice(2))))) : h("span", {class: "place"}, t("staff.place")),
      me ? h("a", {href: "#/password"}, `${me.full_name}`) : null,
      me ? h("button", {class: "quiet", type: "button", onclick: signOut}, t("sign_out")) : null,
      languageButton())),
    content,
    h("footer", {class: "page-footer"}, h("div", {class: "row between"}, h("span", {}, t("staff.footer")), h("label", {class: "row"}, t("look.theme"), theme))),
  ];
}

/** Shows a page with the frame around it. */
export function page(title, ...content) {
  showView(root, title, frame(h("main", {}, content)));
}
export function failPage(answer) {
  page(t("problem.title"), h("h1", {}, t("problem.title")), h("p", {}, problemText(answer)), h("p", {}, h("a", {href: "#/"}, t("back_home"))));
}

/** A call whose refusal is shown as a toast; null then. Another page waits until the answer is there. */
export async function act(method, path, body, options) {
  acting++;
  try {
    const answer = await api(method, path, body, options);
    if (answer.ok) return answer.data ?? true;
    if (answer.status === 401) return await start(), null;
    toast(problemText(answer));
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    toast(t("problem.network"));
  } finally {
    acting--;
  }
  return null;
}

/** Reads what a page shows; on refusal shows the failure page and gives null. Null too when another page was asked for meanwhile. */
export async function read(path) {
  const mine = turn;
  try {
    const answer = await api("GET", path);
    if (mine !== turn) return null;
    if (answer.ok) return answer.data;
    if (answer.status === 401) return await start(), null;
    failPage(answer);
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    if (mine === turn) failPage({problem: {code: "network"}});
  }
  return null;
}

/** For what is shown after more than one answer: a function that tells whether no other page has been asked for meanwhile. */
export function stay() {
  const mine = turn;
  return () => mine === turn;
}

/** Why a job came to nothing: "KEY" or "KEY: PATH: REASON"; where there is a place it stays to be read. */
async function explainFailure(message) {
  const [key, path, reason] = message.split(": ");
  const known = has("job.message." + key);
  if (!path) return toast(known ? t("job.message." + key) : t("job.failed", {message}));
  await ask(t("job.failed_title"), h("div", {class: "stack"}, known ? h("p", {}, t("job.message." + key)) : null, h("p", {}, t("job.place", {path})),
    reason ? h("p", {}, has("misfit." + reason) ? t("misfit." + reason) : reason) : null), [{value: "ok", text: t("close"), class: "primary"}]);
}

/** Waits for a job of the worker, telling `progress(done, total, job)`; true when it ended well and its page is still shown. */
export async function waitForJob(job_id, progress) {
  for (const mine = turn;;) {
    const job = await act("GET", "/jobs/" + job_id);
    if (!job || mine !== turn) return false;
    progress?.(job.done_count, job.total_count, job);
    if (job.state === "done") return true;
    if (job.state === "cancelled") {
      toast(t("job.cancelled"));
      return false;
    }
    if (job.state === "failed") {
      await explainFailure(job.message);
      return false;
    }
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
}

async function signOut() {
  await api("DELETE", "/logins/current").catch(() => {});
  me = null;
  location.hash = "#/";
  await start();
}

function home() {
  location.replace((MENU.find(([, permission]) => may(permission)) ?? ["#/password"])[0]);
}

export async function route() {
  const here = location.hash || "#/";
  shown = location.hash;
  turn++;
  for (const [pattern, permission, view] of PAGES) {
    const match = here.match(pattern);
    if (match && may(permission)) return view(...match.slice(1));
  }
  return home();
}

/** Another address: shown when the acts of this page have been answered, or take long, unless something unsaved keeps the person here. */
async function change() {
  if (location.hash === shown) return;
  if (await mayLeave()) {
    const until_ms = performance.now() + LEAVE_MS;
    do await new Promise((resolve) => setTimeout(resolve, 10)); while (acting > 0 && performance.now() < until_ms);
    if (location.hash !== shown) await route(); // of two addresses in one moment the second is shown, once
    return;
  }
  history.replaceState(null, "", shown || "#/");
}

export async function start() {
  let answer;
  try {
    answer = await api("GET", "/logins/current");
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    return page(t("problem.title"), h("h1", {}, t("problem.title")), h("p", {}, t("problem.network")), h("button", {type: "button", onclick: () => location.reload()}, t("try_again")));
  }
  me = answer.ok ? answer.data.staff : null;
  if (!me) return signInView();
  return route();
}

applyLook();
try {
  await loadWords(...AREAS);
  addEventListener("hashchange", () => { if (me) void change(); });
  await start();
} catch (error) {
  console.error(error);
  fill(root, h("main", {}, h("h1", {}, "Trang không tải được · The page did not load"), h("button", {type: "button", onclick: () => location.reload()}, "Tải lại / Reload")));
}
