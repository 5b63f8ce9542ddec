// The lists as static files, served apart: the same pages, the same look-up and the same check, without the server.

import {execFileSync, spawn} from "node:child_process";
import {chownSync, copyFileSync, mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join, dirname} from "node:path";
import {computer, step, check, same, until, axe, officer, signInOfficer} from "./harness.mjs";

const CYCLE = "CC-2026-MINH-HOA", BASE = `http://127.0.0.1:${process.env.KHOACU_SITE_PORT}`;

export default async function () {
  const folder = mkdtempSync(join(tmpdir(), "khoacu-site-")), site = join(folder, "site"), binary = process.env.KHOACU_BINARY;
  const variables = join(dirname(process.env.KHOACU_LOGINS), "..");
  let server;
  await step("`khoacu publish` writes the demonstration's lists, `khoacu serve-static` serves them", async () => {
    const root = process.getuid?.() === 0, own = join(folder, "khoacu"); // the private cluster knows its own user alone
    const uid = root ? Number(execFileSync("id", ["-u", "khoacu"], {encoding: "utf8"})) : undefined;
    copyFileSync(binary, own);
    if (root) chownSync(folder, uid, uid);
    execFileSync(own, ["publish", "--out", site, "--key", join(folder, "publish.key"), "--rounds", "2000"],
      {cwd: folder, uid, env: {PATH: process.env.PATH, KHOACU_DB: `host=${variables}/run dbname=khoacu user=khoacu_server`}});
    server = spawn(binary, ["serve-static", site, "--listen", BASE.slice(7), "--loops", "1"], {stdio: "ignore"});
    await until(async () => (await fetch(BASE).catch(() => ({ok: false}))).ok, "it serves");
  });
  const context = await computer(), page = await context.newPage();
  await step("the static list is by post, with charts and search, and no officer's door", async () => {
    await page.goto(BASE + "/");
    await page.click(`.list-card a.button[href="#/${CYCLE}"]`);
    await page.waitForSelector("tr.selected");
    same(await page.locator("a[href='/can-bo/']").count(), 0);
    const roll = (await page.locator("tr.selected th").first().textContent()).trim();
    await page.fill("#search-roll", roll);
    await page.press("#search-roll", "Enter");
    await page.waitForSelector(`tr.found[id="row-${roll}"]`);
    await axe(page, "static list");
  });
  await step("a candidate finds her place in the sealed files; a wrong date finds nothing and fetches as much", async () => {
    const staff = await computer(), desk = await staff.newPage();
    await signInOfficer(desk, officer("hr_officer"));
    const one = (await desk.evaluate(async (cycle) => (await fetch(`/api/v1/cycles/${cycle}/candidates?limit=1`, {headers: {"X-Khoacu": "1"}})).json(), CYCLE)).items[0];
    await staff.close();
    const sizes = [];
    page.on("response", async (response) => { if (/lookup\/[0-9a-f]+\.json$/.test(response.url())) sizes.push(await response.body().then((bytes) => bytes.length, String)); });
    const [y, m, d] = one.birth_date.split("-"), form = "form:has(#roll_number)";
    await page.fill("#roll_number", one.roll_number);
    await page.fill("#birth_date", `${d}/${m}/${Number(y) === 1990 ? 1991 : 1990}`);
    await page.click(`${form} button.primary`);
    await page.waitForSelector(`${form} .banner.warn`);
    await page.fill("#birth_date", `${d}/${m}/${y}`);
    await page.click(`${form} button.primary`);
    await until(async () => (await page.textContent(form)).includes(one.roll_number + ":"), "the result is shown");
    check(await page.locator(`${form} .derivation li`).count() > 1, "with every step");
    await until(() => sizes.length >= 2, "what was fetched is measured");
    check(sizes.length === 2 && sizes[0] === sizes[1], "as many bytes: " + sizes);
  });
  await step("the static list is recomputed in the browser, and its code says that it holds", async () => {
    await page.click("#verify-published");
    await page.waitForSelector("#check .banner.ok");
    await page.click("#check a[href^='/verify/']");
    await page.waitForSelector(".banner.ok:has-text('Còn hiệu lực')");
    await axe(page, "static verification page");
  });
  await step("no script of a static page failed", async () => same(context.pageErrors, []));
  await context.close();
  server?.kill("SIGTERM");
  rmSync(folder, {recursive: true, force: true});
}
