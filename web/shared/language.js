// language.js: the button in the head of every page that shows it in the other language.

import {h} from "/assets/shared/dom.js";
import {currentLanguage, switchLanguage} from "/assets/shared/i18n.js";

export function languageButton() {
  const other = currentLanguage() === "vi" ? "en" : "vi";
  return h("button", {class: "quiet language", type: "button", lang: other, onclick: () => switchLanguage(other)}, other === "en" ? "English" : "Tiếng Việt");
}
