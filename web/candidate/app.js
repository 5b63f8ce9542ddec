// app.js: the candidate's way: sign in → check → waiting room → paper → review → receipt.
// The address carries no state: where she is follows from what the server says of her sitting.

import {h, fill, showView} from "/assets/shared/dom.js";
import {loadWords, t} from "/assets/shared/i18n.js";
import {languageButton} from "/assets/shared/language.js";
import {api, NetworkError, problemText} from "/assets/shared/api.js";
import {clockSample, clockKnown} from "/assets/shared/clock.js";
import {applyLook} from "/assets/shared/theme.js";
import {lookControls} from "/assets/candidate/look.js";
import {signInView} from "/assets/candidate/sign_in.js";
import {frozenView, lastSitting} from "/assets/candidate/rescue.js";
import {keptChanges} from "/assets/candidate/store.js";
import {keepPages, keptPaper, forgetPaper} from "/assets/candidate/offline.js";

const root = document.getElementById("app");
const CHECKED = "khoacu.checked", SOON_MS = 6000;

/** The part of the pages that a view needs: the first page loads without the others, and the sign-in brings all that the sitting will need. */
async function bring(name) {
  try {
    return await import(`/assets/candidate/${name}.js`);
  } catch (error) {
    console.error(error);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    location.reload();
    return new Promise(() => {});
  }
}

/** GET, retried until the server answers; tells the person meanwhile. Null: it does not answer soon, and `other` is there instead. */
async function patiently(path, other) {
  for (;;) {
    const sent_ms = performance.now();
    try {
      const answer = await api("GET", path, undefined, other ? {timeout_ms: SOON_MS} : {});
      if (answer.data?.server_now) clockSample(answer.data.server_now, sent_ms);
      if (answer.status < 500 && answer.status !== 429) return answer;
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
    }
    if (other) return null;
    showView(root, t("offline.title"), frame(h("main", {class: "narrow"}, h("h1", {}, t("offline.title")), h("p", {}, t("offline.text")))));
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

function frame(content, sitting) {
  return [
    h("a", {class: "skip", href: "#app", onclick: (event) => { event.preventDefault(); root.querySelector("h1")?.focus(); }}, t("skip")),
    h("header", {class: "page-header"}, h("div", {},
      h("a", {class: "name", href: "/"}, "Khoacu"),
      h("span", {class: "place"}, sitting ? `${sitting.candidate.full_name} · ${sitting.candidate.roll_number}` : t("candidate.place")),
      sitting ? h("button", {class: "quiet", type: "button", onclick: signOut}, t("sign_out")) : null,
      languageButton())),
    content,
    h("footer", {class: "page-footer"}, h("details", {}, h("summary", {}, t("look.title")), lookControls())),
  ];
}

async function signOut() {
  await api("DELETE", "/candidate-logins/current").catch(() => {});
  sessionStorage.removeItem(CHECKED);
  await forgetPaper();
  location.reload();
}

/** Decides which view belongs to the sitting as the server sees it now. */
export async function route() {
  if (location.hash === "#practice") return (await bring("practice")).practiceView(root, frame, () => { history.replaceState(null, "", location.pathname); return route(); });
  const kept = await keptPaper(), answer = await patiently("/sittings/own", kept);
  if (!answer) return (await bring("paper")).keptPaperView(root, kept, route);
  if (answer.status === 401 && answer.problem?.reason === "other-device") {
    const last = await lastSitting(), waiting = last ? (await keptChanges(last.id).catch(() => [])).length : 0;
    return frozenView(root, frame, waiting, {signIn: () => signInView(root, frame, route), route});
  }
  if (answer.status === 401 || answer.status === 403) return signInView(root, frame, route);
  if (answer.status === 404) return (await bring("appeals")).appealsView(root, frame, null, null); // who was not called to a sitting still has marks
  if (!answer.ok) {
    return showView(root, t("problem.title"), frame(h("main", {class: "narrow"}, h("h1", {}, t("problem.title")), h("p", {}, problemText(answer)))));
  }
  const sitting = answer.data;
  keepPages();
  if (!clockKnown()) clockSample(sitting.server_now, performance.now());
  if (["submitted", "closed", "absent"].includes(sitting.state)) return (await bring("receipt")).receiptView(root, frame, sitting);
  if (sitting.state === "open") return (await bring("paper")).paperView(root, sitting, route);
  if (sessionStorage.getItem(CHECKED) !== sitting.id) {
    const [{checkView}] = await Promise.all(["check", "waiting", "paper", "receipt"].map(bring));
    return checkView(root, frame, sitting, () => {
      sessionStorage.setItem(CHECKED, sitting.id);
      return route();
    });
  }
  return (await bring("waiting")).waitingView(root, frame, sitting, route);
}

applyLook();
if (location.pathname === "/thi") history.replaceState(null, "", "/thi/" + location.search + location.hash); // the scope of what works without a line
globalThis.SafeExamBrowser?.security?.updateKeys?.(() => {});
try {
  await loadWords("candidate");
  await route();
} catch (error) {
  console.error(error);
  fill(root, h("main", {class: "narrow"}, h("h1", {}, "Trang không tải được · The page did not load"),
    h("p", {}, "Hãy tải lại trang; nếu vẫn lỗi, báo giám thị. / Reload the page; if it fails again, tell the invigilator."),
    h("button", {type: "button", class: "primary", onclick: () => location.reload()}, "Tải lại / Reload")));
}
