// changes.js: what a version of a list changed against the one before, computed in the reader's own browser from both published files.

import {h, fill} from "/assets/shared/dom.js";
import {t} from "/assets/shared/i18n.js";
import {movesView} from "/assets/shared/moves.js";
import {source} from "/assets/public/source.js";
import {run} from "/assets/public/verify.js";

async function fetched(code, version) {
  const answer = await fetch(source.file(code, version, "json"));
  if (!answer.ok) throw new Error("file");
  return new Uint8Array(await answer.arrayBuffer());
}

/** A card for version `version` (2 or higher) of a list; `cause`: why it replaced the one before. */
export function changesCard(code, version, cause) {
  const outcome = h("div", {"aria-live": "polite"});
  const button = h("button", {type: "button", id: "show-changes", onclick: show}, t("changes.do"));
  async function show() {
    button.disabled = true;
    fill(outcome, h("p", {role: "status"}, t("check.running")));
    try {
      const files = await Promise.all([fetched(code, version - 1), fetched(code, version)]);
      fill(outcome, movesView((await run(...files)).verdict));
    } catch (error) {
      console.error(error);
      fill(outcome, h("div", {class: "banner warn"}, t("verify.broken")));
    }
    button.disabled = false;
  }
  return h("section", {class: "card", id: "changes"}, h("h2", {}, t("changes.title", {version, before: version - 1})), h("p", {class: "row between"}, h("span", {}, t("changes.cause", {cause})), button), outcome);
}
