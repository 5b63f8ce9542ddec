// result.js: the candidate's own published result, with every step of it.

import {h} from "/assets/shared/dom.js";
import {t, has} from "/assets/shared/i18n.js";
import {api} from "/assets/shared/api.js";
import {derivationList} from "/assets/shared/derivation.js";

const word = (prefix, key) => (has(prefix + key) ? t(prefix + key) : key);

/** A card, or null before the list is published. */
export async function resultCard() {
  const answer = await api("GET", "/sittings/own/result").catch(() => ({ok: false}));
  if (!answer.ok) return null;
  const {row, version, cycle, derivation} = answer.data;
  return h("section", {class: "card", id: "own-result"}, h("h2", {}, t("result.title")), h("p", {class: "muted"}, t("result.version", {version})),
    h("div", {class: "banner " + (row.outcome === "selected" ? "ok" : "")}, h("p", {}, h("strong", {}, word("outcome.", row.outcome)), " · ", word("reason.", row.reason)), h("p", {}, row.post, row.agency ? ` · ${row.agency}` : "")),
    derivationList(derivation), h("p", {}, h("a", {href: `/#/${cycle}`}, t("result.list"))));
}
