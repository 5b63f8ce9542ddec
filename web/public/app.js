// app.js: what anybody may see: published lists, one's own place, the files, and how to check them.

import {h, fill, showView} from "/assets/shared/dom.js";
import {loadWords, t, currentLanguage, formatDateTime, formatNumber} from "/assets/shared/i18n.js";
import {languageButton} from "/assets/shared/language.js";
import {NetworkError, problemText} from "/assets/shared/api.js";
import {applyLook} from "/assets/shared/theme.js";
import {listView} from "/assets/public/list.js";
import {isStatic, source} from "/assets/public/source.js";
import {verifyView} from "/assets/public/verify.js";
import {ballotView} from "/assets/public/ballot.js";

const root = document.getElementById("app");
export const titleOf = (cycle) => (currentLanguage() === "vi" ? cycle.title_vi : cycle.title_en);
export const authorityOf = (cycle) => (currentLanguage() === "vi" ? cycle.authority_vi : cycle.authority_en);

export function frame(content) {
  const link = (href, words) => h("a", {href, "aria-current": href === (location.pathname === "/" && !/^#\/\w/.test(location.hash) ? "/#/" : location.pathname) ? "page" : null}, words);
  return [
    h("a", {class: "skip", href: "#app", onclick: (event) => { event.preventDefault(); root.querySelector("h1")?.focus(); }}, t("skip")),
    h("header", {class: "page-header"}, h("div", {}, h("a", {class: "name", href: "/#/"}, "Khoacu"), h("span", {class: "place"}, t("public.place")),
      h("nav", {"aria-label": t("public.nav")}, link("/#/", t("public.lists")), link("/kiem-tra", t("verify.title")),
        isStatic ? null : [h("a", {href: "/thi/"}, t("public.candidates")), h("a", {href: "/can-bo/"}, t("public.officers"))]),
      languageButton())),
    content,
    h("footer", {class: "page-footer"}, h("p", {}, t("public.footer"))),
  ];
}

export function demonstrationTag(cycle) {
  return cycle.demonstration ? h("span", {class: "tag warn"}, t("demonstration")) : null;
}

async function homeView(show) {
  const answer = await source.releases();
  if (!answer.ok) return failView(show, problemText(answer));
  const cards = answer.data.items.map((release) => h("article", {class: "card list-card"},
    h("h2", {}, h("a", {href: "#/" + release.cycle.code}, titleOf(release.cycle))), h("p", {}, demonstrationTag(release.cycle)),
    h("p", {}, h("strong", {}, t("list.selected_of", {selected: formatNumber(release.selected), candidates: formatNumber(release.candidates)})), h("br"), authorityOf(release.cycle), h("br"),
      h("span", {class: "muted"}, t("list.published_at", {at: formatDateTime(release.published_at), version: release.version}))),
    h("a", {class: "button primary", href: "#/" + release.cycle.code}, t("list.open"))));
  show(t("public.lists"), frame(h("main", {}, h("h1", {}, t("public.lists")), h("p", {class: "lead"}, t("public.intro")),
    cards.length ? h("div", {class: "grid wide"}, cards) : h("div", {class: "card empty"}, h("p", {}, t("public.none"))))));
}

export function failView(show, text, title = t("problem.title")) {
  show(title, frame(h("main", {}, h("h1", {}, title), h("p", {}, text), h("p", {}, h("a", {class: "button", href: "/#/"}, t("public.lists"))))));
}

let turn = 0;

/** Shows the page that the address names. A view shows itself by show(title, …), which does nothing once another was asked for. */
async function route() {
  const mine = ++turn, show = (...view) => { if (mine === turn) showView(root, ...view); };
  const place = decodeURIComponent(location.pathname).match(/^\/(?:kiem-tra|verify)(?:\/([^/]*))?/);
  const [, code, version] = decodeURIComponent(location.hash || "#/").match(/^#\/([A-Z0-9-]*)(?:\/(\d+))?/) ?? [null, "", undefined];
  try {
    if (location.pathname.startsWith("/bo-phieu")) await ballotView(show);
    else if (place) await verifyView(show, place[1]);
    else if (code) await listView(show, code, version);
    else await homeView(show);
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    failView(show, t("problem.network"));
  }
}

applyLook();
try {
  await loadWords("public");
  addEventListener("hashchange", route);
  await route();
} catch (error) {
  console.error(error);
  fill(root, h("main", {}, h("h1", {}, "Trang không tải được · The page did not load"), h("button", {type: "button", onclick: () => location.reload()}, "Tải lại / Reload")));
}
