// app.js: what anybody may see: published lists, one's own place, the files, and how to check them.

import {h, fill, showView} from "/assets/shared/dom.js";
import {loadWords, t, currentLanguage, switchLanguage, formatDateTime, formatNumber} from "/assets/shared/i18n.js";
import {NetworkError, problemText} from "/assets/shared/api.js";
import {applyLook} from "/assets/shared/theme.js";
import {listView} from "/assets/public/list.js";
import {isStatic, source} from "/assets/public/source.js";
import {verifyView} from "/assets/public/verify.js";

const root = document.getElementById("app");
export const titleOf = (cycle) => (currentLanguage() === "vi" ? cycle.title_vi : cycle.title_en);
export const authorityOf = (cycle) => (currentLanguage() === "vi" ? cycle.authority_vi : cycle.authority_en);

export function frame(content) {
  const other = currentLanguage() === "vi" ? "en" : "vi";
  return [
    h("a", {class: "skip", href: "#app", onclick: (event) => { event.preventDefault(); root.querySelector("h1")?.focus(); }}, t("skip")),
    h("header", {class: "page-header"}, h("div", {}, h("a", {class: "name", href: "/#/"}, "Khoacu"), h("span", {class: "place"}, t("public.place")),
      h("nav", {"aria-label": t("public.nav")}, h("a", {href: "/#/"}, t("public.lists")), h("a", {href: "/kiem-tra"}, t("verify.title")),
        isStatic ? null : [h("a", {href: "/thi/"}, t("public.candidates")), h("a", {href: "/can-bo/"}, t("public.officers"))]),
      h("button", {class: "quiet", type: "button", lang: other, onclick: () => switchLanguage(other)}, other === "en" ? "English" : "Tiếng Việt"))),
    content,
    h("footer", {class: "page-footer"}, h("p", {}, t("public.footer"))),
  ];
}

export function demonstrationTag(cycle) {
  return cycle.demonstration ? h("span", {class: "tag warn"}, t("demonstration")) : null;
}

async function homeView() {
  const answer = await source.releases();
  if (!answer.ok) return failView(problemText(answer));
  const cards = answer.data.items.map((release) => h("article", {class: "card list-card"},
    h("h2", {}, h("a", {href: "#/" + release.cycle.code}, titleOf(release.cycle))), h("p", {}, demonstrationTag(release.cycle)),
    h("dl", {class: "facts"}, h("dt", {}, t("list.authority")), h("dd", {}, authorityOf(release.cycle)),
      h("dt", {}, t("list.published")), h("dd", {}, `${formatDateTime(release.published_at)} · ${t("list.version", {version: release.version})}`),
      h("dt", {}, t("list.outcome")), h("dd", {}, t("list.selected_of", {selected: formatNumber(release.selected), candidates: formatNumber(release.candidates)}))),
    h("a", {class: "button primary", href: "#/" + release.cycle.code}, t("list.open"))));
  showView(root, t("public.lists"), frame(h("main", {}, h("h1", {}, t("public.lists")), h("p", {class: "lead"}, t("public.intro")),
    cards.length ? cards : h("div", {class: "card empty"}, h("p", {}, t("public.none"))))));
}

export function failView(text) {
  showView(root, t("problem.title"), frame(h("main", {}, h("h1", {}, t("problem.title")), h("p", {}, text), h("p", {}, h("a", {href: "/#/"}, t("public.lists"))))));
}

async function route() {
  const place = decodeURIComponent(location.pathname).match(/^\/(?:kiem-tra|verify)(?:\/([^/]*))?/);
  const [, code, version] = decodeURIComponent(location.hash || "#/").match(/^#\/([A-Z0-9-]*)(?:\/(\d+))?/) ?? [null, "", undefined];
  try {
    if (place) await verifyView(root, place[1]);
    else if (code) await listView(root, code, version);
    else await homeView();
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    failView(t("problem.network"));
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
