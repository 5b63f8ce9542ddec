// i18n.js: all words come from catalogues; Vietnamese first, English beside it.

const LANGUAGES = ["vi", "en"];
const STORE = "khoacu.language";
let words = {};
let language = "vi";

function chosenLanguage() {
  const asked = new URLSearchParams(location.search).get("lang");
  const kept = localStorage.getItem(STORE);
  return [asked, kept].find((l) => LANGUAGES.includes(l)) ?? "vi";
}

async function catalogue(area) {
  const answer = await fetch(`/assets/${area}/i18n/${language}.json`);
  if (!answer.ok) throw new Error(`catalogue ${area} ${answer.status}`);
  return answer.json();
}

/** Loads the shared catalogue and those of `areas`; call before anything is shown. */
export async function loadWords(...areas) {
  language = chosenLanguage();
  localStorage.setItem(STORE, language);
  document.documentElement.lang = language;
  words = Object.assign({}, ...await Promise.all(["shared", ...areas].map(catalogue)));
}

/** The text of `key` with {names} replaced; an unknown key shows itself, which the tests forbid. */
export function t(key, values = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}
export const has = (key) => key in words;
/** The keys of the loaded catalogues that begin so, in the order in which they stand there. */
export const keysOf = (prefix) => Object.keys(words).filter((key) => key.startsWith(prefix));
export const currentLanguage = () => language;

/** Switches the language and starts the page anew; what is typed is kept by the pages that need it. */
export function switchLanguage(next) {
  localStorage.setItem(STORE, next);
  const url = new URL(location.href);
  url.searchParams.delete("lang");
  if (url.href === location.href) location.reload();
  else location.replace(url);
}

const locale = () => (language === "vi" ? "vi-VN" : "en-GB");
const ZONE = "Asia/Ho_Chi_Minh";
export const formatDate = (value) => (value ? new Intl.DateTimeFormat(locale(), {day: "2-digit", month: "2-digit", year: "numeric", timeZone: ZONE}).format(new Date(value)) : "");
export const formatTime = (value) => (value ? new Intl.DateTimeFormat(locale(), {timeStyle: "medium", hourCycle: "h23", timeZone: ZONE}).format(new Date(value)) : "");
export const formatDateTime = (value) => (value ? new Intl.DateTimeFormat(locale(), {day: "2-digit", month: "2-digit", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: ZONE}).format(new Date(value)) : "");
export const formatNumber = (value) => new Intl.NumberFormat(locale()).format(value);
/** The document by which something is done, behind its article where there is one. */
export const lawText = ({basis, article}) => (article ? `${article[language]}, ${basis}` : basis);
/** A mark that came as "57.50": two places, the point or comma of the language. Never a float. */
export const formatMark = (text) => (text === null || text === undefined ? "–" : language === "vi" ? String(text).replace(".", ",") : String(text));
