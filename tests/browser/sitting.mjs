// The sitting where it is hard: every kind of item, Vietnamese typed through an outage, a killed browser, the chain of
// events, the sealed paper, a machine that stands still, the emergency file, 400 % zoom.

import {chromium} from "playwright-core";
import {mkdtempSync, readdirSync, readFileSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {AGAIN, BASE, computer, step, check, same, until, logins, officer, consoleOf, signInCandidate, signInOfficer, axe, screens} from "./harness.mjs";
import {toPaper, saved} from "./candidate.mjs";

const PAGE_LIMIT = 120 * 1024;
const openItem = (page, n) => page.locator(".palette button").nth(n - 1).click();
const marked = (page) => page.locator(".palette button[aria-current]").getAttribute("aria-label");
async function practice(page) {
  await page.goto("/thi/");
  await page.click("a[href='#practice']");
  await page.click("button.primary[type=button]");
  await page.waitForSelector("#question legend");
}
const events = (page) => page.evaluate(async () => {
  const {chainOf, keptChanges} = await import("/assets/candidate/store.js"), {unbroken} = await import("/assets/candidate/chain.js"), {lastSitting} = await import("/assets/candidate/rescue.js");
  const {id} = await lastSitting(), list = await chainOf(id);
  return {count: list.length, unbroken: unbroken(list), numbers: list.map((e) => e.n), waiting: (await keptChanges(id)).length, broken: unbroken(list.map((e, i) => (i === 0 ? {...e, flagged: !e.flagged} : e)))};
});

/** The processes of the browser that has this profile. */
function processesOf(folder) {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").split(/[\0 ]/).includes(`--user-data-dir=${folder}`);
    } catch {
      return false; // it has ended meanwhile
    }
  });
}
/** SIGKILL to all of them, as a pulled plug would; one that lived on would hold the profile's locks against the next browser. */
const kill = (folder) => until(() => {
  const alive = processesOf(folder);
  for (const pid of alive) {
    try {
      process.kill(Number(pid), "SIGKILL");
    } catch {
      // it has ended meanwhile
    }
  }
  return alive.length === 0;
}, "the browser is gone");

async function everyKind() {
  const context = await computer(), page = await context.newPage(), sent = [];
  await step("the first page is under 120 KB over the wire", async () => {
    const client = await context.newCDPSession(page);
    let bytes = 0;
    await client.send("Network.enable");
    client.on("Network.loadingFinished", (event) => { bytes += event.encodedDataLength; });
    await page.goto("/thi/");
    await page.waitForSelector("#roll_number");
    await page.waitForLoadState("networkidle");
    console.log(`    first page: ${bytes} bytes`);
    check(bytes > 5000 && bytes < PAGE_LIMIT, `${bytes} bytes`);
  });
  page.on("request", (request) => { if (request.method() !== "GET") sent.push(request.url()); });
  await step("a practice paper has every kind of item and opens without a log-in", async () => {
    await practice(page);
    same(await page.locator(".palette button").count(), 10, "items");
  });
  await step("keyboard alone answers a single choice, several choices, an order, pairs and gaps", async () => {
    await page.locator("#question input[type=radio]").first().focus();
    await page.keyboard.press("Space");
    check((await marked(page)).includes("đã trả lời"), "single");
    await openItem(page, 3);
    await page.locator("#question input[type=checkbox]").first().focus();
    await page.keyboard.press("Space");
    await page.locator("#question input[type=checkbox]").nth(2).focus();
    await page.keyboard.press("Space");
    check(await page.locator("#question input[type=checkbox]").nth(1).isDisabled(), "no third one");
    await openItem(page, 4);
    check(!(await marked(page)).includes("đã trả lời"), "an order is no answer before she moves something");
    await page.locator("#question .ordering .down").first().focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowDown");
    same(await page.locator("#question .ordering .letter").allTextContents(), ["B", "C", "A", "D"], "order");
    check((await marked(page)).includes("đã trả lời"), "ordering");
    await openItem(page, 5);
    await page.locator("#question select").first().focus();
    await page.keyboard.press("ArrowDown");
    check((await marked(page)).includes("đã trả lời"), "matching");
    await openItem(page, 8);
    await page.locator("#question .stem select").selectOption({index: 1});
    check((await marked(page)).includes("đã trả lời"), "gap");
    check(await page.locator("#question math msup").count() === 1, "a formula is MathML");
  });
  await step("numbers, words, an essay with its count, and a file", async () => {
    await openItem(page, 6);
    check(await page.locator("#question .stimulus table").count() === 1, "the table stands beside it");
    await page.evaluate(() => {
      const line = document.querySelector(".save-state");
      globalThis.states = [];
      new MutationObserver(() => globalThis.states.push(line.className)).observe(line, {childList: true});
    });
    await page.fill("#question input[type=text]", "153,0");
    await page.locator("#question input[type=text]").blur();
    await saved(page);
    same((await page.evaluate(() => globalThis.states)).slice(0, 2), ["save-state saving", "save-state saved"], "typing is not called saved");
    await openItem(page, 7);
    await page.locator("#question input[type=text]").pressSequentially("Hải ");
    await saved(page); // she rests before the second word
    same(await page.inputValue("#question input[type=text]"), "Hải ", "the blank before the next word stays");
    await page.fill("#question input[type=text]", "");
    await page.locator("#question input[type=text]").pressSequentially("Hải Phòng");
    await openItem(page, 9);
    await page.locator("#question textarea").pressSequentially("Tôi muốn phục vụ nhân dân.");
    check((await page.textContent(".word-count")).startsWith("6 / 100"), "words");
    await openItem(page, 7);
    same(await page.inputValue("#question input[type=text]"), "Hải Phòng", "typed text went along when she moved on");
    await openItem(page, 10);
    await page.setInputFiles("#question input[type=file]", {name: "thư.txt", mimeType: "text/plain", buffer: Buffer.from("chào")});
    await until(async () => (await page.locator(".files li").count()) === 1, "the file is listed");
    await page.setInputFiles("#question input[type=file]", {name: "b.exe", mimeType: "text/plain", buffer: Buffer.from("x")});
    check((await page.textContent("#question fieldset")).includes("Đã đủ 1 tệp"), "one file only");
  });
  await step("nothing is rewritten or handed over in the middle of a composition", async () => {
    await openItem(page, 7);
    const box = page.locator("#question input[type=text]");
    await box.focus();
    await box.evaluate((e) => { e.dispatchEvent(new CompositionEvent("compositionstart")); e.value = "Hue"; e.dispatchEvent(new InputEvent("input", {isComposing: true})); });
    await page.waitForTimeout(2600);
    check((await page.textContent(".save-state")).includes("Đang lưu"), "still not saved");
    await box.evaluate((e) => { e.value = "Huế"; e.dispatchEvent(new CompositionEvent("compositionend")); });
    await until(async () => (await page.locator(".save-state.saved").count()) === 1, "saved when the composition is over");
  });
  await step("the palette counts its looks and filters them; options are struck out; keys can be off", async () => {
    await page.selectOption(".palette-card select", "open");
    same(await page.locator(".palette button").count(), 1, "item 2 is open");
    await page.selectOption(".palette-card select", "all");
    await openItem(page, 1);
    await page.click("label:has-text('gạch bỏ')");
    await page.locator(".strike").nth(1).click();
    same(await page.locator(".option-row.struck").count(), 1, "struck");
    same(await page.locator(".strike").nth(1).getAttribute("aria-pressed"), "true", "said");
    await page.click("label:has-text('Phím tắt')");
    await page.keyboard.press("Alt+ArrowRight");
    check((await page.textContent("h1")).includes("Câu 1 "), "keys are off");
    await page.click("label:has-text('Phím tắt')");
    await page.keyboard.press("Alt+ArrowRight");
    check((await page.textContent("h1")).includes("Câu 2 "), "keys are on");
  });
  await step("notes stay, and the calculator is exact", async () => {
    await page.click("summary:has-text('Máy tính')");
    for (const [sum, result] of [["0,1 + 0,2", "= 0,3"], ["(2 + 3) × 4 ÷ 8", "= 2,5"], ["1 ÷ 3", "≈ 0,333333333333"], ["2 ÷ 3", "≈ 0,666666666667"], ["15% × 200", "= 30"], ["−2 − −3", "= 1"], ["1 ÷ 0", "Không chia được cho 0."], ["2 +", "Không đọc được phép tính."]]) {
      await page.fill("#calculator-entry", sum);
      await page.keyboard.press("Enter");
      same(await page.textContent("#calculator-result"), result, sum);
    }
    await page.click("summary:has-text('Nháp')");
    await page.fill("#notes", "nhớ câu 4");
    await page.locator("#notes").blur();
    await axe(page, "practice");
  });
  await step("every kind passes axe and three widths, in both languages", async () => {
    for (const language of ["vi", "en"]) {
      await page.evaluate((l) => localStorage.setItem("khoacu.language", l), language);
      await page.goto("about:blank");
      await practice(page);
      for (const [i, kind] of ["single", "truefalse", "multiple", "ordering", "matching", "numeric", "text", "inline", "essay", "upload"].entries()) {
        await openItem(page, i + 1);
        await screens(page, `item-${kind}-${language}`);
        await axe(page, `${kind} ${language}`);
      }
    }
    await page.evaluate(() => localStorage.setItem("khoacu.language", "vi"));
  });
  await step("at 400 % zoom nothing is lost and nothing scrolls sideways", async () => {
    await page.setViewportSize({width: 320, height: 256});
    await page.goto("about:blank");
    await practice(page);
    for (let i = 0; i < 10; i++) {
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      check(over <= 1, `item ${i + 1} is ${over} px too wide`);
      const next = page.locator(".question .move button.primary");
      await next.scrollIntoViewIfNeeded();
      if (i < 9) await next.click();
    }
    await page.setViewportSize({width: 1366, height: 768});
  });
  await step("practice sends nothing", async () => same(sent, []));
  await step("no script of a page failed", async () => same(context.pageErrors, []));
  await context.close();
}

async function hardDay() {
  const me = logins().candidates[7], folder = mkdtempSync(join(tmpdir(), "khoacu-profile-"));
  const start = () => chromium.launchPersistentContext(folder, {executablePath: process.env.KHOACU_BROWSER, baseURL: BASE, locale: "vi-VN", viewport: {width: 1366, height: 768}, args: ["--disable-gpu", "--no-first-run", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])]});
  let context = await start(), page = await context.newPage(), computers;
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await step("the paper comes sealed before the start, and the start opens it with the key alone", async () => {
    await signInCandidate(page, me);
    await page.waitForSelector("input[name=practice]");
    await page.click("label.option:has(input[value=a])");
    await page.click("button.primary:has-text('phòng chờ')");
    await page.waitForSelector(".countdown");
    await until(async () => (await page.textContent("main")).includes("còn niêm phong"), "the sealed paper is here");
    await page.click("button.primary:has-text('Bắt đầu')");
    await page.waitForSelector("#question legend");
    check(asked.some((path) => path.endsWith("/sealed-paper")) && !asked.some((path) => path.endsWith("/paper")), "the open paper was not fetched");
    check((await page.textContent("#question legend")).length > 10, "there is a stem");
  });
  await step("each change is an event of an unbroken chain", async () => {
    await page.locator("label.option").nth(0).click();
    await page.locator("label.option").nth(1).click();
    await page.click("button:has-text('Đánh dấu')");
    await saved(page);
    const chain = await events(page);
    same([chain.count, chain.unbroken, chain.numbers, chain.waiting, chain.broken], [3, true, [1, 2, 3], 0, false]);
  });
  await step("killed in the middle of an outage and started again, the browser sends all, in order, once", async () => {
    await page.route("**/responses/*", (route) => route.abort());
    for (const n of [2, 3, 4, 5]) {
      await openItem(page, n);
      await page.locator("label.option").nth(n % 4).click();
    }
    await until(async () => (await page.locator(".save-state.unsent").count()) === 1, "not sent");
    await until(async () => (await events(page)).waiting === 4, "four wait");
    await kill(folder);
    await context.close().catch(() => {});
    context = await start();
    page = await context.newPage();
    const order = [];
    page.on("request", (request) => { if (request.method() === "PUT" && request.url().includes("/responses/")) order.push(Number(request.url().split("/").at(-1))); });
    // Whether the cookie reached the disk before the kill is the browser's affair: she may have to sign in, or not.
    await page.goto("/thi/");
    await page.waitForSelector("#roll_number, #question legend");
    if (await page.locator("#roll_number").count() > 0)
      await signInCandidate(page, me);
    await page.waitForSelector("#question legend");
    await saved(page);
    same(order, [2, 3, 4, 5], "sent");
    same(await page.locator(".palette button.answered").count(), 5, "answered");
    const chain = await events(page);
    same([chain.count, chain.unbroken, chain.waiting], [7, true, 0]);
  });
  await step("an emergency file holds nothing readable", async () => {
    await page.click("summary:has-text('Khi không gửi được')");
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("button:has-text('Ghi tệp cấp cứu')")]);
    check(download.suggestedFilename() === `${me.roll}.khoacu`, download.suggestedFilename());
    const file = JSON.parse(readFileSync(await download.path(), "utf8"));
    same(Object.keys(file), ["key", "sealed", "sitting", "v"]);
    check(file.key.length === 512 && !JSON.stringify(file).includes("position"), "sealed");
  });
  await step("a machine whose sitting is at another one stands still, keeps what it has and says why", async () => {
    await page.route("**/responses/*", (route) => route.abort());
    await openItem(page, 6);
    await page.locator("label.option").nth(0).click();
    await until(async () => (await events(page)).waiting === 1, "one waits");
    const other = await computer(), there = await other.newPage();
    await signInCandidate(there, me);
    await there.waitForSelector("#question legend");
    await page.unroute("**/responses/*");
    await page.waitForSelector(".frozen", AGAIN);
    check((await page.textContent("main")).includes("1 thay đổi"), "counts what it keeps");
    await axe(page, "frozen");
    await screens(page, "frozen-vi");
    await page.click("button:has-text('Thí sinh khác')");
    await page.fill("#roll_number", me.roll);
    await page.fill("#access_code", me.code);
    await page.click("button[type=submit]");
    await page.waitForSelector(".error-summary:has-text('chờ giám thị quyết định')");
    await page.reload();
    await page.waitForSelector(".frozen");
    check((await there.locator("#question legend").count()) === 1, "the other one works on meanwhile");
    await there.locator("label.option").nth(1).click();
    await saved(there);
    computers = {other, there};
  });
  await step("the invigilator sees two machines and decides for the first: it opens again by itself and sends what it kept; the other one stands still", async () => {
    const desk = await computer(), office = await desk.newPage();
    await signInOfficer(office, officer("invigilator"));
    await office.goto(await consoleOf(office, "DUNG-THU", me.roll));
    const row = office.locator(".hall-seats tbody tr", {hasText: me.roll});
    await until(async () => (await row.textContent()).includes("máy thứ hai"), "the console says so");
    await row.locator("button").click();
    await office.click(".seat-acts button:has-text('máy thứ hai')");
    await office.selectOption("#hall-keep", "first");
    await office.click("dialog button[type=submit]");
    await office.waitForSelector("dialog .error-summary");
    await office.fill("#hall-reason", "thí sinh ngồi ở máy trước");
    await axe(office, "two machines");
    await office.click("dialog button[type=submit]");
    await page.waitForSelector("#question legend");
    await saved(page);
    same(await page.locator(".palette button.answered").count(), 6, "what it kept has arrived");
    await computers.there.waitForSelector(".frozen:has-text('Giám thị đã quyết định')", AGAIN);
    await computers.other.close();
    await desk.close();
  });
  await context.close();
  await until(() => processesOf(folder).length === 0, "the browser has ended");
  rmSync(folder, {recursive: true, force: true, maxRetries: 5});
}

export default async function () {
  await everyKind();
  await hardDay();
}
