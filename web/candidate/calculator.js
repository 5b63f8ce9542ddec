// calculator.js: sums with exact numbers: fractions of whole numbers, no floats. 0,1 + 0,2 is 0,3.

import {h, fill} from "/assets/shared/dom.js";
import {t, currentLanguage} from "/assets/shared/i18n.js";

const PLACES = 12, TEXT_MAX = 200, DIGITS_MAX = 400;
const gcd = (a, b) => { while (b) [a, b] = [b, a % b]; return a < 0n ? -a : a; };
function fraction(over, under) {
  if (under === 0n) throw new RangeError("zero");
  if (over.toString().length > DIGITS_MAX) throw new RangeError("large");
  const common = gcd(over, under) || 1n, sign = under < 0n ? -1n : 1n;
  return {over: sign * over / common, under: sign * under / common};
}

/** The value of an expression of numbers, + − × ÷, per cent and brackets as {over, under}; throws SyntaxError or RangeError. */
export function evaluate(text) {
  const tokens = text.replace(/\s+/g, "").match(/\d+(?:[.,]\d+)?|[.,]\d+|[-+*/×÷−:()%]|./g) ?? [];
  let at = 0;
  const next = (...signs) => signs.includes(tokens[at]) && tokens[at++];
  function sum() {
    let left = product(), sign;
    while ((sign = next("+", "-", "−"))) {
      const right = product();
      left = fraction(left.over * right.under + (sign === "+" ? 1n : -1n) * right.over * left.under, left.under * right.under);
    }
    return left;
  }
  function product() {
    let left = part(), sign;
    while ((sign = next("*", "×", "/", "÷", ":"))) {
      const right = part();
      left = sign === "*" || sign === "×" ? fraction(left.over * right.over, left.under * right.under) : fraction(left.over * right.under, left.under * right.over);
    }
    return left;
  }
  function part() {
    if (next("-", "−")) { const value = part(); return {over: -value.over, under: value.under}; }
    let value;
    if (next("(")) {
      value = sum();
      if (!next(")")) throw new SyntaxError("bracket");
    } else {
      const token = tokens[at++];
      if (!/^(\d+([.,]\d+)?|[.,]\d+)$/.test(token ?? "")) throw new SyntaxError("number");
      const [whole, places = ""] = token.split(/[.,]/);
      value = fraction(BigInt((whole || "0") + places), 10n ** BigInt(places.length));
    }
    while (next("%")) value = fraction(value.over, value.under * 100n);
    return value;
  }
  if (text.length > TEXT_MAX) throw new SyntaxError("long");
  const value = sum();
  if (at < tokens.length) throw new SyntaxError("sign");
  return value;
}

/** {text, exact}: at most 12 places, rounded half away from zero where it does not end. */
export function decimal({over, under}, point = ",") {
  const scale = 10n ** BigInt(PLACES), large = (over < 0n ? -over : over) * scale, exact = large % under === 0n;
  const digits = ((2n * large + under) / (2n * under)).toString().padStart(PLACES + 1, "0");
  const places = digits.slice(-PLACES).replace(/0+$/, "");
  return {text: (over < 0n ? "−" : "") + digits.slice(0, -PLACES) + (places ? point + places : ""), exact};
}

export function calculator() {
  const point = currentLanguage() === "vi" ? "," : ".";
  const entry = h("input", {type: "text", id: "calculator-entry", inputmode: "decimal", autocomplete: "off", maxlength: String(TEXT_MAX), "aria-describedby": "calculator-result"});
  const result = h("output", {id: "calculator-result", class: "figure", for: "calculator-entry"});
  const work = () => {
    try {
      const {text, exact} = decimal(evaluate(entry.value), point);
      fill(result, (exact ? "= " : "≈ ") + text);
    } catch (error) {
      if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
      fill(result, t(error.message === "zero" ? "calculator.zero" : error.message === "large" ? "calculator.large" : "calculator.wrong"));
    }
  };
  const put = (sign) => {
    const {selectionStart: from, selectionEnd: to} = entry;
    entry.setRangeText(sign, from, to, "end");
  };
  const keys = ["7", "8", "9", "÷", "4", "5", "6", "×", "1", "2", "3", "−", "0", point, "%", "+", "(", ")"].map((sign) => h("button", {type: "button", onclick: () => put(sign)}, sign));
  return h("form", {class: "calculator", onsubmit: (event) => { event.preventDefault(); work(); }}, h("label", {for: "calculator-entry"}, t("calculator.entry")), entry,
    h("div", {class: "keys"}, keys, h("button", {type: "button", "aria-label": t("calculator.clear"), onclick: () => { entry.value = ""; fill(result); entry.focus(); }}, "C"), h("button", {type: "submit", class: "primary", "aria-label": t("calculator.work")}, "=")), result);
}
