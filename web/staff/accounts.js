// accounts.js: who works here, with which roles.

import {h} from "/assets/shared/dom.js";
import {t, formatDate} from "/assets/shared/i18n.js";
import {pagedTable} from "/assets/shared/table.js";
import {page} from "/assets/staff/app.js";

export function staffListView() {
  page(t("staff.title"), h("div", {class: "row between"}, h("h1", {}, t("staff.title")), h("a", {class: "button primary", href: "#/import/officers"}, t("staff.import"))),
    pagedTable(t("staff.title"), [{title: t("sign_in.name"), value: (s) => s.login_name}, {title: t("column.name"), value: (s) => s.full_name}, {title: t("staff.unit"), value: (s) => s.unit}, {title: t("staff.roles"), value: (s) => s.roles.map((role) => t("role." + role)).join(", ")},
      {title: t("staff.state"), value: (s) => t("staff.state." + s.state)}, {title: t("staff.created"), value: (s) => formatDate(s.created_at)}], () => "/staff"));
}
