// harness.mjs: what the journeys share: the browser, logins of the demonstration, checks in sentences, axe, screenshots.

import {chromium} from "playwright-core";
import {readFileSync, mkdirSync} from "node:fs";
import {createRequire} from "node:module";

export const BASE = process.env.KHOACU_BASE;
const SCREENS = process.env.SCREENS;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const CLOSED_NETWORK = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-gpu"];

let browser;
const counts = {passed: 0, failed: 0};
mkdirSync(SCREENS, {recursive: true});

/** {officers: [{name, password, roles}], candidates: [{roll, code}]} as printed by the demonstration. */
export function logins() {
  const result = {officers: [], candidates: []};
  let list = null;
  for (const line of readFileSync(process.env.KHOACU_LOGINS, "utf8").split("\n")) {
    if (line.startsWith("Officers")) list = result.officers;
    else if (line.startsWith("Candidates")) list = result.candidates;
    else if (line.trim()) {
      const [first, second, third] = line.trim().split(/\s+/);
      list.push(list === result.officers ? {name: first, password: second, roles: third.split(";")} : {roll: first, code: second});
    }
  }
  return result;
}
export const officer = (role, nth = 0) => logins().officers.filter((o) => o.roles.includes(role))[nth];

export async function launch() {
  browser = await chromium.launch({executablePath: process.env.KHOACU_BROWSER, args: [...CLOSED_NETWORK, ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])]});
}
export const quit = () => browser.close();

/** A new computer: its own cookies and storage. Errors of the page's scripts fail the journey. */
export async function computer(options = {}) {
  const context = await browser.newContext({viewport: {width: 1366, height: 768}, locale: "vi-VN", timezoneId: "Asia/Ho_Chi_Minh", baseURL: BASE, ...options});
  context.setDefaultTimeout(8000);
  context.pageErrors = [];
  context.on("page", (page) => {
    page.on("pageerror", (error) => context.pageErrors.push(String(error)));
    page.on("console", (message) => { if (message.type() === "error" && /Content Security Policy|Trusted/.test(message.text())) context.pageErrors.push(message.text()); });
  });
  return context;
}

/** What every open page shows when a sentence does not hold. */
async function photograph() {
  const pages = browser.contexts().flatMap((context) => context.pages());
  for (const [i, page] of pages.entries()) await page.screenshot({path: `${SCREENS}/failed-${counts.failed}-${i}.png`, fullPage: true}).catch(() => {});
}

/** One sentence that must hold. */
export async function step(sentence, body) {
  try {
    await body();
    counts.passed++;
    console.log("ok - " + sentence);
  } catch (error) {
    counts.failed++;
    await photograph();
    console.log("not ok - " + sentence + "\n    " + String(error.stack ?? error).split("\n").slice(0, 6).join("\n    "));
  }
}
export function check(truth, text) {
  if (!truth) throw new Error(text);
}
export function same(got, want, text = "") {
  check(JSON.stringify(got) === JSON.stringify(want), `${text} got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}
export async function until(truth, text, timeout_ms = 10000) {
  const end = Date.now() + timeout_ms;
  while (!(await truth())) {
    if (Date.now() > end) throw new Error("not in time: " + text);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** axe finds nothing of WCAG 2.2 A and AA. */
export async function axe(page, place) {
  await page.evaluate(AXE).catch(async () => page.addScriptTag({content: AXE}));
  const found = await page.evaluate(() => globalThis.axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}));
  check(found.violations.length === 0, `${place}: ` + found.violations.map((v) => `${v.id} (${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")})`).join("; "));
}

/** The page at three widths. Nothing may stand wider than the window. */
export async function screens(page, name) {
  for (const width of [360, 768, 1366]) {
    await page.setViewportSize({width, height: width < 700 ? 740 : 768});
    await page.waitForTimeout(80);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await page.screenshot({path: `${SCREENS}/${name}-${width}.png`, fullPage: false});
    check(over <= 1, `${name} at ${width} px is ${over} px too wide`);
  }
  await page.setViewportSize({width: 1366, height: 768});
}

export async function signInCandidate(page, candidate) {
  await page.goto("/thi/");
  await page.fill("#roll_number", candidate.roll);
  await page.fill("#access_code", candidate.code);
  await page.click("button[type=submit]");
}
export async function signInOfficer(page, who) {
  await page.goto("/can-bo/");
  await page.fill("#login_name", who.name);
  await page.fill("#password", who.password);
  await page.click("button[type=submit]");
  await page.waitForSelector("header nav a");
}
export function report() {
  console.log(`${counts.passed} passed, ${counts.failed} failed, 0 skipped`);
  return counts.failed === 0 ? 0 : 1;
}
