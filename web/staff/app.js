// app.js: who is signed in, what she may see, and which page the address names.

import {h, fill, showView, toast} from "/assets/shared/dom.js";
import {loadWords, t, currentLanguage, switchLanguage} from "/assets/shared/i18n.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {applyLook, chooseTheme, currentTheme, THEMES} from "/assets/shared/theme.js";
import {signInView, passwordView} from "/assets/staff/account.js";
import {cyclesView, newCycleView, cycleView} from "/assets/staff/cycles.js";
import {candidatesView} from "/assets/staff/candidates.js";
import {importView} from "/assets/staff/imports.js";
import {liveView} from "/assets/staff/live.js";
import {markingView} from "/assets/staff/marking.js";
import {runView} from "/assets/staff/results.js";
import {formView as drawFormView} from "/assets/staff/bank.js";
import {BANK_PAGES, inBank, mayLeave} from "/assets/staff/bank/pages.js";
import {staffListView} from "/assets/staff/accounts.js";
import {auditView} from "/assets/staff/audit.js";

const root = document.getElementById("app");
let me = null;
let shown = "";  // the address of the page that is shown

export const may = (permission) => me?.permissions.includes(permission) ?? false;
export const whoAmI = () => me;

// address, permission, view(…parts)
const PAGES = [
  [/^#\/cycles$/, "cycle-read", cyclesView],
  [/^#\/cycles\/new$/, "cycle-write", newCycleView],
  [/^#\/cycles\/([A-Z0-9-]+)$/, "cycle-read", cycleView],
  [/^#\/cycles\/([A-Z0-9-]+)\/candidates$/, "cycle-read", candidatesView],
  [/^#\/cycles\/([A-Z0-9-]+)\/shifts\/([0-9a-f]{16})$/, "hall", liveView],
  [/^#\/runs\/([0-9a-f]{16})$/, "result-read", runView],
  [/^#\/import\/(officers|posts|candidates|items)(?:\/([A-Z0-9-]+))?$/, "staff", importView],
  [/^#\/marking$/, "mark", markingView],
  ...BANK_PAGES,
  [/^#\/forms\/([A-Z0-9-]+)$/, "form-seal", drawFormView],
  [/^#\/staff$/, "accounts", staffListView],
  [/^#\/audit$/, "audit-read", auditView],
  [/^#\/password$/, "staff", passwordView],
];
const MENU = [["#/cycles", "cycle-read"], ["#/items", "bank-read"], ["#/marking", "mark"], ["#/staff", "accounts"], ["#/audit", "audit-read"]];

function frame(content) {
  const other = currentLanguage() === "vi" ? "en" : "vi";
  const here = location.hash;
  const theme = h("select", {"aria-label": t("look.theme"), onchange: () => chooseTheme(theme.value)}, THEMES.map((name) => h("option", {value: name, selected: name === currentTheme()}, t("theme." + name))));
  theme.style.width = "auto";
  return [
    h("a", {class: "skip", href: "#app", onclick: (event) => { event.preventDefault(); root.querySelector("h1")?.focus(); }}, t("skip")),
    h("header", {class: "page-header"}, h("div", {}, h("a", {class: "name", href: "#/"}, "Khoacu"),
      me ? h("nav", {class: "place", "aria-label": t("menu")}, MENU.filter(([, permission]) => may(permission)).map(([href]) =>
        h("a", {href, "aria-current": here.startsWith(href) || (href === "#/items" && inBank(here)) ? "page" : null}, t("menu." + href.slice(2))))) : h("span", {class: "place"}, t("staff.place")),
      me ? h("a", {href: "#/password"}, `${me.full_name}`) : null,
      me ? h("button", {class: "quiet", type: "button", onclick: signOut}, t("sign_out")) : null,
      h("button", {class: "quiet", type: "button", lang: other, onclick: () => switchLanguage(other)}, other === "en" ? "English" : "Tiếng Việt"))),
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

/** A call whose refusal is shown as a toast; null then. */
export async function act(method, path, body, options) {
  try {
    const answer = await api(method, path, body, options);
    if (answer.ok) return answer.data ?? true;
    if (answer.status === 401) return await start(), null;
    toast(problemText(answer));
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    toast(t("problem.network"));
  }
  return null;
}

/** Reads what a page shows; on refusal shows the failure page and gives null. */
export async function read(path) {
  try {
    const answer = await api("GET", path);
    if (answer.ok) return answer.data;
    if (answer.status === 401) return await start(), null;
    failPage(answer);
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    failPage({problem: {code: "network"}});
  }
  return null;
}

/** Waits for a job of the worker, telling `progress(done, total, job)`; true when it ended well. */
export async function waitForJob(job_id, progress) {
  for (;;) {
    const job = await act("GET", "/jobs/" + job_id);
    if (!job) return false;
    progress?.(job.done_count, job.total_count, job);
    if (job.state === "done") return true;
    if (job.state === "cancelled") {
      toast(t("job.cancelled"));
      return false;
    }
    if (job.state === "failed") {
      toast(t("job.failed", {message: job.message}));
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
  for (const [pattern, permission, view] of PAGES) {
    const match = here.match(pattern);
    if (match && may(permission)) return view(...match.slice(1));
  }
  return home();
}

/** Another address: shown, unless something unsaved keeps the person here. */
async function change() {
  if (location.hash === shown) return;
  if (await mayLeave()) return route();
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
  await loadWords("staff", "staff/bank");
  addEventListener("hashchange", () => { if (me) void change(); });
  await start();
} catch (error) {
  console.error(error);
  fill(root, h("main", {}, h("h1", {}, "Trang không tải được · The page did not load"), h("button", {type: "button", onclick: () => location.reload()}, "Tải lại / Reload")));
}
