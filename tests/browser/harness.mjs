// harness.mjs: what the journeys share: the browser, logins of the demonstration, checks in sentences, axe, screenshots.

import {chromium} from "playwright-core";
import {execFileSync, spawn} from "node:child_process";
import {randomBytes, scryptSync} from "node:crypto";
import {openSync, readdirSync, readFileSync, writeFileSync, mkdirSync} from "node:fs";
import {dirname, join} from "node:path";
import {createRequire} from "node:module";

export const BASE = process.env.KHOACU_BASE;
const SCREENS = process.env.SCREENS, FAILED = process.env.KHOACU_LOGS;
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** First words of the keys of all catalogues. */
const CATALOGUED = new Set(readdirSync("web", {recursive: true}).filter((file) => file.endsWith("i18n/vi.json")).flatMap((file) => Object.keys(JSON.parse(readFileSync(join("web", file), "utf8"))).filter((key) => key.includes(".")).map((key) => key.split(".")[0])));
const PATIENCE_MS = 30000; // with a machine that has much else to do; nothing is measured by it
/** For what a page does again by itself: it rests for up to half a minute in between. */
export const AGAIN = {timeout: 30000 + PATIENCE_MS};
const CLOSED_NETWORK = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-gpu"];

let browser;
const counts = {passed: 0, failed: 0};
if (SCREENS) mkdirSync(SCREENS, {recursive: true});

/** What stage.py answers: a hall of its own in the running demonstration, its end, its points. */
export const stage = (...words) => JSON.parse(execFileSync("python3", ["tests/browser/stage.py", ...words], {encoding: "utf8", env: {...process.env, PYTHONDONTWRITEBYTECODE: "1"}}));

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

/** Runs SQL as the administrator of the demonstration's private cluster; gives what psql prints. */
export function sql(text) {
  const run = join(dirname(process.env.KHOACU_LOGINS), "..", "run");
  return execFileSync("psql", ["-XAtq", "-v", "ON_ERROR_STOP=1", "-h", run, "-U", "khoacu_admin", "-d", "khoacu", "-f", "-"], {input: "SET search_path = khoacu;" + text, encoding: "utf8"}).trim();
}

/** Hashes of the officers' passwords that cost next to nothing, for hundreds of sign-ins; what a real one costs is the ground of the HTTP scenarios. */
export function lightenPasswords() {
  const text = (bytes) => bytes.toString("base64url");
  sql(logins().officers.map(({name, password}) => {
    const salt = randomBytes(16);
    return `UPDATE staff SET password_hash = '$scrypt$ln=1,r=8,p=1$${text(salt)}$${text(scryptSync(password, salt, 32, {N: 2, r: 8, p: 1}))}' WHERE login_name = '${name}';`;
  }).join(""));
}

/** Ends the server with its database, and after `rest_ms` and what is done meanwhile starts both again on the same folder. */
export async function restartServer(rest_ms, meanwhile) {
  const file = process.env.KHOACU_PID_FILE, old = readFileSync(file, "utf8").trim(), log = openSync(process.env.KHOACU_SERVER_LOG, "a");
  const there = () => { try { return !/\) Z /.test(readFileSync(`/proc/${old}/stat`, "utf8")); } catch { return false; } };
  process.kill(Number(old), "SIGTERM");
  await until(() => !there(), "the server ends", 60000);
  const [done] = await Promise.allSettled([meanwhile(), new Promise((resolve) => setTimeout(resolve, rest_ms))]);
  const env = {PATH: process.env.PATH, HOME: process.env.HOME ?? "/", KHOACU_VAR: process.env.KHOACU_VAR, KHOACU_LISTEN: new URL(BASE).host, KHOACU_ADMIN_LISTEN: process.env.KHOACU_ADMIN, KHOACU_LOG_LEVEL: "warn"};
  const child = spawn(process.env.KHOACU_BINARY, ["serve", "--demo"], {env, stdio: ["ignore", log, log], detached: true});
  child.unref();
  writeFileSync(file, child.pid + "\n"); // run.sh reads it line by line
  await until(() => fetch(BASE + "/api/v1/clock").then((answer) => answer.ok, () => false), "the server is there again", 120000);
  if (done.status === "rejected") throw done.reason;
}

export async function launch() {
  browser = await chromium.launch({executablePath: process.env.KHOACU_BROWSER, args: [...CLOSED_NETWORK, ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])]});
}
export const quit = () => browser.close();

/** A new computer: its own cookies and storage. Errors of the page's scripts fail the journey. */
export async function computer(options = {}) {
  const context = await browser.newContext({viewport: {width: 1366, height: 768}, locale: "vi-VN", timezoneId: "Asia/Ho_Chi_Minh", baseURL: BASE, ...options});
  context.setDefaultTimeout(PATIENCE_MS);
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
  mkdirSync(FAILED, {recursive: true});
  for (const [i, page] of pages.entries()) await page.screenshot({path: `${FAILED}/failed-${counts.failed}-${i}.png`, fullPage: true}).catch(() => {});
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
export async function until(truth, text, timeout_ms = PATIENCE_MS) {
  const end = Date.now() + timeout_ms;
  while (!(await truth())) {
    if (Date.now() > end) throw new Error("not in time: " + text);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A limit of time on a machine that others use too: as much longer as a little work takes longer here than its processor time. */
export function allowed(limit_ms) {
  const wall_ms = performance.now(), own = process.cpuUsage();
  let used_ms = 0;
  while (used_ms < 100) {
    const {user, system} = process.cpuUsage(own);
    used_ms = (user + system) / 1000;
  }
  return limit_ms * Math.max(1, (performance.now() - wall_ms) / used_ms);
}

const WCAG = {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]};
/** axe finds nothing of WCAG 2.2 A and AA, and no text is missing in the catalogues. `rules`: these alone. */
export async function axe(page, place, rules = null) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(AXE).catch(async () => page.addScriptTag({content: AXE}));
  const found = await page.evaluate((runOnly) => globalThis.axe.run(document, {runOnly, resultTypes: ["violations"]}), rules ? {type: "rule", values: rules} : WCAG);
  const raw = await page.evaluate(() => {
    const words = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) if (!walker.currentNode.parentElement.closest("code, pre, .hash, script")) words.push(...walker.currentNode.data.match(/(?<![\w@./:-])[a-z_]+(\.[A-Za-z_-]+)+(?![\w@/-])/g) ?? []);
    return words;
  });
  const keys = raw.filter((word) => CATALOGUED.has(word.split(".")[0]) && !/\.(json|csv|pdf|xlsx|key|pem)$/.test(word));
  check(keys.length === 0, `${place}: keys of the catalogues are shown: ${keys.slice(0, 5).join(", ")}`);
  check(found.violations.length === 0, `${place}: ` + found.violations.map((v) => `${v.id} (${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")})`).join("; "));
}

/** The page at three widths, kept as pictures where they are asked for. Nothing may stand wider than the window. */
export async function screens(page, name) {
  for (const width of [360, 768, 1366]) {
    await page.setViewportSize({width, height: width < 700 ? 740 : 768});
    let over = NaN; // until the window has that width, and drawings have been made anew for it
    await until(async () => (over = await page.evaluate((wanted) => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(innerWidth === wanted ? document.documentElement.scrollWidth - document.documentElement.clientWidth : NaN)))), width)) <= 1,
      `fits ${width} px`).catch(() => {});
    if (SCREENS) await page.screenshot({path: `${SCREENS}/${name}-${width}.png`, fullPage: false});
    check(over <= 1, `${name} at ${width} px is ${over} px too wide`);
  }
  await page.setViewportSize({width: 1366, height: 768});
}

/** Words of a drawing keep their size, stay inside it and never touch each other, however wide the window becomes. */
export async function drawingsFit(page, selector) {
  for (const width of [1366, 360, 768, 480]) {
    await page.setViewportSize({width, height: 768});
    let faults;
    await until(async () => (faults = await page.evaluate((one) => [...document.querySelectorAll(one)].filter((svg) => svg.checkVisibility()).flatMap((svg) => {
      const room = svg.getBoundingClientRect(), scale = room.width / svg.viewBox.baseVal.width, words = [...svg.querySelectorAll("text")].filter((t) => t.textContent.trim()).map((t) => ({text: t.textContent, box: t.getBoundingClientRect()}));
      const out = words.filter(({box}) => box.left < room.left - 1 || box.right > room.right + 1 || box.top < room.top - 2 || box.bottom > room.bottom + 2).map(({text}) => `${text} leaves the drawing`);
      const touching = words.flatMap((a, i) => words.slice(i + 1).filter((b) => a.box.left < b.box.right && b.box.left < a.box.right && a.box.top + 1 < b.box.bottom && b.box.top + 1 < a.box.bottom).map((b) => `${a.text} touches ${b.text}`));
      return [...(Math.abs(scale - 1) > 0.1 ? [`letters are drawn ${scale.toFixed(2)} as large`] : []), ...out, ...touching];
    }), selector)).length === 0, `drawings at ${width} px`).catch(() => { throw new Error(`at ${width} px: ${faults.join("; ")}`); });
  }
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
/** Shows the page in another language; `sign` is on it when it stands. The page before may show the same: the language tells them apart. */
export async function speak(page, language, sign) {
  await page.click(`button.language[lang=${language}]`);
  await page.waitForSelector(`html[lang=${language}] ${sign}`);
}
/** Does something after which the whole page is drawn anew, and waits until it has been. */
export async function anew(page, doing) {
  await page.evaluate(() => { document.querySelector("h1").dataset.before = ""; });
  await doing();
  await page.waitForSelector("h1:not([data-before])");
}
/**
 * Holds what a page asks of an address: asked() waits for the first request, count() is how many there were, release() lets all go and waits for their answers.
 * `late`: the server answers at once, and the answers are what is held.
 */
export async function hold(page, address, {late = false} = {}) {
  const pending = [];
  let free;
  const freed = new Promise((resolve) => { free = resolve; });
  const stop = async (route) => {
    const request = route.request(), response = late ? await route.fetch().catch(() => null) : null;
    pending.push(freed.then(() => (response ? route.fulfill({response}) : route.continue())).then(() => request.response()).then((answer) => answer?.finished()).catch(() => {})); // what was given up meanwhile has none
  };
  await page.route(address, stop);
  return {
    asked: () => until(() => pending.length > 0, "a request to " + address),
    count: () => pending.length,
    release: async () => {
      free();
      await page.unroute(address, stop);
      await Promise.all(pending);
    },
  };
}
/** An officer goes to another page while an answer to what she did is held; it comes when that page stands, and nothing is shown over it. */
export async function overtaken(page, address, doing) {
  const slow = await hold(page, address);
  await doing();
  await slow.asked(); // an address that is replaced before the page has seen it asks for nothing
  await page.evaluate(() => { location.hash = "#/password"; });
  await page.waitForSelector("#new_password");
  await slow.release();
  await page.waitForTimeout(300);
  same(await page.locator("#new_password").count(), 1, "the page asked for last");
}
/** The address of the console of the hall in which a candidate of the demonstration sits; `page` is an invigilator's. */
export async function consoleOf(page, cycle, roll) {
  const get = (path) => page.evaluate(async (p) => (await fetch("/api/v1" + p)).json(), path);
  const {progress: {shifts: [{id}]}} = await get("/cycles/" + cycle);
  for (let after = ""; after !== null;) {
    const {rows, next} = await get(`/shifts/${id}/live?limit=200${after ? "&after=" + after : ""}`), row = rows.find((r) => r.roll_number === roll);
    if (row) return `/can-bo/#/cycles/${cycle}/shifts/${id}/halls/${row.room}`;
    after = next;
  }
  throw new Error("no hall of " + roll);
}
export function report() {
  console.log(`${counts.passed} passed, ${counts.failed} failed, 0 skipped`);
  return counts.failed === 0 ? 0 : 1;
}
