// minutes.js: attendance list and incident minutes: drawn up, read as a draft, confirmed by two persons, signed by the server.

import {h, fill} from "/assets/shared/dom.js";
import {t, formatDateTime, currentLanguage} from "/assets/shared/i18n.js";
import {dataTable} from "/assets/shared/table.js";
import {act, whoAmI} from "/assets/staff/app.js";

export function minutesCard(view) {
  const box = h("div", {}), me = whoAmI();
  const draw = async (kind) => {
    if (await act("POST", view.path + "/minutes", {kind, lang: currentLanguage()})) await load();
  };
  const confirm = async (entry) => {
    const answer = await act("POST", `/minutes/${entry.id}/confirmation`, {confirm: true});
    if (answer) await view.done(t(answer.signed ? "hall.signed" : "hall.confirmed")), await load();
  };
  const person = (name, at) => (name ? `${name}, ${formatDateTime(at)}` : "–");
  async function load() {
    const answer = await act("GET", view.path + "/minutes");
    if (!answer) return;
    fill(box, dataTable(t("hall.minutes_title"), [{title: t("hall.minutes_kind"), value: (m) => [t("hall.minutes." + m.kind), h("div", {class: "muted"}, m.code)]}, {title: t("hall.minutes_made"), value: (m) => person(m.made_by, m.made_at)},
      {title: t("hall.minutes_first"), value: (m) => person(m.first_by, m.first_at)}, {title: t("hall.minutes_second"), value: (m) => person(m.second_by, m.second_at)},
      {title: t("hall.minutes_files"), value: (m) => h("span", {class: "row"}, h("a", {href: `/api/v1/minutes/${m.id}/document.pdf`, download: ""}, m.sha256 ? "PDF" : t("hall.draft")), m.sha256 ? h("a", {href: `/api/v1/minutes/${m.id}/document.sig`, download: ""}, t("hall.signature")) : null,
        m.sha256 || m.first_by === me?.full_name ? null : h("button", {type: "button", onclick: () => confirm(m)}, t("hall.confirm")))}], answer.items, {empty: t("hall.no_minutes")}));
  }
  void load();
  return h("section", {class: "card no-print", id: "hall-minutes-card"}, h("h2", {}, t("hall.minutes_title")), h("p", {}, t("hall.minutes_text")), h("div", {class: "row"}, ["attendance", "incidents"].map((kind) => h("button", {type: "button", onclick: () => draw(kind)}, t("hall.draw." + kind)))), box,
    h("p", {class: "muted"}, t("hall.signing_key"), " ", h("a", {href: "/api/v1/signing-key", download: ""}, "signing-key.pem")));
}
