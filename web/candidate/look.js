// look.js: the choice of theme and size of type, on every page of a candidate. It stands alone: the entry page waits for the
// views that it brings, so none of them may ask for the entry page.

import {h} from "/assets/shared/dom.js";
import {t} from "/assets/shared/i18n.js";
import {chooseTheme, chooseSize, currentTheme, currentSize, THEMES, SIZES} from "/assets/shared/theme.js";

export function lookControls() {
  const theme = h("select", {onchange: () => chooseTheme(theme.value)}, THEMES.map((name) => h("option", {value: name, selected: name === currentTheme()}, t("theme." + name))));
  const size = h("select", {onchange: () => chooseSize(Number(size.value))}, SIZES.map((n) => h("option", {value: String(n), selected: n === currentSize()}, n + " %")));
  return h("div", {class: "grid"}, h("label", {}, t("look.size"), size), h("label", {}, t("look.theme"), theme));
}
