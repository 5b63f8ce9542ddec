// Anybody: the published list, one's own place, the files, and the check without a database.

import {execFileSync} from "node:child_process";
import {readFileSync, writeFileSync, mkdtempSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {computer, step, check, same, until, axe, officer, screens, signInOfficer, drawingsFit} from "./harness.mjs";

const CYCLE = "CC-2026-MINH-HOA";
const verify = (file) => {
  try {
    return {status: 0, text: execFileSync(process.env.KHOACU_BINARY, ["verify", file], {encoding: "utf8", env: {PATH: process.env.PATH}})};
  } catch (error) {
    return {status: error.status, text: error.stdout + error.stderr};
  }
};

export default async function () {
  const context = await computer({acceptDownloads: true});
  const page = await context.newPage();
  let file;

  await step("the first page lists what is published, marked as a demonstration", async () => {
    await page.goto("/");
    await page.waitForSelector(".list-card");
    check((await page.textContent(".list-card")).includes("minh họa"), "says that it is a demonstration");
    await axe(page, "home");
  });
  await step("the list shows every post in order, and ranks without scrolling on a phone and on a desk", async () => {
    await page.click(`.list-card a.button[href="#/${CYCLE}"]`);
    await page.waitForSelector("tr.selected");
    for (const [width, height, least] of [[360, 740, 2], [768, 1024, 5], [1366, 768, 5]]) {
      await page.setViewportSize({width, height});
      await page.waitForFunction(([w, h]) => innerWidth === w && innerHeight === h, [width, height]);
      const seen = await page.locator("tr[id^=row-]:visible").evaluateAll((rows) => rows.filter((row) => row.getBoundingClientRect().bottom <= innerHeight).length);
      check(seen >= least, `${seen} ranks are seen at once at ${width} px`);
    }
    await page.setViewportSize({width: 1366, height: 768});
    const codes = await page.locator("#choose-post option").evaluateAll((options) => options.map((option) => option.value));
    await page.selectOption("#choose-post", codes[2]);
    same(await page.locator("section[id^=post-]:visible").evaluateAll((posts) => posts.map((post) => post.id)), ["post-" + codes[2]], "one post alone");
    await page.selectOption("#choose-post", "");
    check(await page.locator("section[id^=post-]").count() >= 6, "six posts or more");
    check(!(await page.textContent("main")).match(/Nguyễn|Trần /), "no names on the public list");
    await axe(page, "list");
  });
  await step("a candidate finds her place by roll number and date of birth, and nobody else's date opens it", async () => {
    const staff = await computer();
    const desk = await staff.newPage();
    await signInOfficer(desk, officer("hr_officer"));
    const one = (await desk.evaluate(async (cycle) => (await fetch(`/api/v1/cycles/${cycle}/candidates?limit=1`, {headers: {"X-Khoacu": "1"}})).json(), CYCLE)).items[0];
    await staff.close();
    const [y, m, d] = one.birth_date.split("-");
    await page.fill("#roll_number", one.roll_number);
    await page.fill("#birth_date", `${d}/${m}/${Number(y) === 1990 ? 1991 : 1990}`);
    const form = "form:has(#roll_number)";
    await page.click(`${form} button.primary`);
    await page.waitForSelector(`${form} .banner.warn`);
    await page.fill("#birth_date", `${d}/${m}/${y}`);
    await page.click(`${form} button.primary`);
    await until(async () => (await page.textContent(form)).includes(one.roll_number + ":"), "the result is shown");
    check(!(await page.textContent(`${form} .banner`)).match(/\b(reason|derivation|outcome)\.[a-z]/), "no catalogue key is shown raw");
  });
  await step("JSON and CSV can be downloaded, and the hash on the page is the file's", async () => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("a[href*='list.json']")]);
    file = join(mkdtempSync(join(tmpdir(), "khoacu-")), "list.json");
    await download.saveAs(file);
    const [csv] = await Promise.all([page.waitForEvent("download"), page.click("a[href*='list.csv']")]);
    check(readFileSync(await csv.path(), "utf8").split("\n").length > 400, "the CSV has the rows");
  });
  await step("`khoacu verify` recomputes every rank of the downloaded file", async () => {
    const result = verify(file);
    same(result.status, 0, result.text);
  });
  await step("`khoacu verify` names the step that fails when one digit is changed", async () => {
    const text = readFileSync(file, "utf8");
    const changed = text.replace(/("total":"?)(\d)/, (_, head, digit) => head + ((Number(digit) + 1) % 10));
    check(changed !== text, "a digit was changed");
    const broken = file + ".broken";
    writeFileSync(broken, changed);
    const result = verify(broken);
    same(result.status, 1, result.text);
    check(result.text.trim().length > 20, "a sentence");
  });
  await step("the browser recomputes the published list and shows every step; nothing but the file and the engine is fetched", async () => {
    const asked = [];
    page.on("request", (request) => asked.push(request.method() + " " + new URL(request.url()).pathname));
    await page.click("#verify-published");
    await page.waitForSelector("#check .banner.ok");
    same(await page.locator("#check .check-step.ok").count(), 7, "seven steps with a tick");
    check(asked.every((one) => one.startsWith("GET ")), "nothing is sent: " + asked.join(", "));
    await axe(page, "list checked");
  });
  await step("a digit changed in the file is found in the browser, with the step and the line", async () => {
    await page.setInputFiles("#verify-file", file);
    await page.waitForSelector("#check .banner.ok");
    await page.setInputFiles("#verify-file", {name: "changed.json", mimeType: "application/json", buffer: readFileSync(file + ".broken")});
    await page.waitForSelector("#check .check-step.stop .check-line");
    check((await page.textContent("#check .check-step.stop")).includes("hashes."), "the first line that does not hold is named");
    same(await page.locator("#check .check-step.none").count(), 4, "later steps are not reached");
    await page.setInputFiles("#verify-file", {name: "picture.json", mimeType: "application/json", buffer: Buffer.from([0, 1, 2, 255])});
    await page.waitForSelector("#check .check-step.stop:has-text('byte 0')");
  });
  await step("a roll number is found in the whole list, and one that is not there is said so", async () => {
    const roll = (await page.locator("tr.selected th").last().textContent()).trim();
    await page.fill("#search-roll", "khong-co");
    await page.click(".search-card button");
    await until(async () => (await page.textContent(".search-card [role=status]")).includes("KHONG-CO"), "said so");
    await page.fill("#search-roll", roll.toLowerCase());
    await page.press("#search-roll", "Enter");
    await page.waitForSelector(`tr.found[id="row-${roll}"]`);
  });
  await step("the spread of totals is drawn with its cut line and told in a table", async () => {
    await page.click(".chart-box summary >> nth=0");
    check(await page.locator(".chart-box svg .cut-line").count() > 0, "a cut line");
    check(await page.locator(".chart-box table >> nth=0").locator("tbody tr").count() > 1, "rows of the same figures");
    const size = page.viewportSize();
    await drawingsFit(page, ".chart-box svg");
    await page.setViewportSize(size);
  });
  await step("the code of a document leads to what it is; an unknown code is told", async () => {
    await page.click("#check a[href^='/verify/']");
    await page.waitForSelector(".banner.ok:has-text('Còn hiệu lực')");
    check((await page.textContent("main")).includes("minh họa"), "marked as a demonstration");
    await axe(page, "verification page");
    await page.fill("#verify-code", "0000-0000-0000-0000");
    await page.click("form:has(#verify-code) button");
    await page.waitForSelector(".banner.stop");
    await page.goto("/kiem-tra");
    await page.click("#verify-published");
    await page.waitForSelector(".check-outcome .banner.ok");
    await page.goto("/#/" + CYCLE);
    await page.waitForSelector("tr.selected");
  });
  await step("English shows the same list in English", async () => {
    await page.click("button[lang=en]");
    await page.waitForSelector("h2:has-text('Look up my result')");
    same(await page.getAttribute("html", "lang"), "en");
  });
  await step("an address that leads nowhere shows a page in both languages, whose way back leads to the lists", async () => {
    const answer = await page.goto("/khong-co-trang-nay");
    same(answer.status(), 404);
    await page.waitForSelector("h1:has-text('Không có trang này')");
    await page.waitForSelector("[lang=en] h2:has-text('There is nothing here')");
    await axe(page, "nothing here");
    await screens(page, "absent");
    await page.click("a.primary");
    await page.waitForSelector(".list-card");
  });
  await step("no script of a page failed", async () => same(context.pageErrors, []));
  await context.close();
}
