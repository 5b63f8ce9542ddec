// What a long day brings: half an hour without a line, a server that goes and comes again, another window that was quicker, a refusal; and
// what the screen tells meanwhile to eyes and to screen readers.

import {AGAIN, computer, step, check, same, until, stage, restartServer, signInCandidate, axe, screens} from "./harness.mjs";
import {saved} from "./candidate.mjs";

const REST_MS = 11000; // longer than what counts as no outage
const openItem = (page, n) => page.locator(".palette button").nth(n - 1).click();
const choose = (page, n) => page.locator("#question label.option").nth(n).click();
const left = async (page) => (await page.textContent(".clock")).match(/[\d:]+$/)[0].split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
const rowsOf = (candidate) => Number(stage("sql", `SELECT count(*) FROM khoacu.response WHERE sitting_id = ${BigInt("0x" + candidate.sitting)}`)[0][0]);

async function sit(candidate, {clock = false} = {}) {
  const context = await computer(), page = await context.newPage();
  if (clock) await page.clock.install();
  await signInCandidate(page, candidate);
  await page.waitForSelector("input[name=practice], #question legend");
  if (await page.locator("input[name=practice]").count()) {
    await page.click("label.option:has(input[value=a])");
    await page.click("button.primary:has-text('phòng chờ')");
  }
  await page.waitForSelector("#question legend");
  return {context, page};
}

async function offline(hall, me) {
  const {context, page} = await sit(me, {clock: true});
  await step("thirty minutes without a line: she works on, the clock runs on, and everything arrives when it is back", async () => {
    await choose(page, 0);
    await saved(page);
    await context.setOffline(true);
    for (const n of [2, 3, 4]) {
      await openItem(page, n);
      await choose(page, n % 4);
    }
    stage("move", hall.shift, "1800");
    await page.clock.fastForward("30:00");
    await openItem(page, 5);
    await choose(page, 1);
    await until(async () => (await page.textContent(".save-state")).includes("4 thay đổi"), "four wait");
    const shown = await left(page);
    check(shown > 1500 && shown <= 1800, `${shown} s are left`);
    same(rowsOf(me), 1, "the server has the first");
    await context.setOffline(false);
    await page.clock.fastForward(35000);
    await saved(page);
    same(rowsOf(me), 5, "all have arrived");
  });
  await context.close();
}

async function announcements(hall, me) {
  const {context, page} = await sit(me);
  const leave = (seconds) => {
    const left_s = Number(stage("sql", `SELECT extract(epoch FROM closes_at - clock_timestamp()) FROM khoacu.sitting WHERE sitting_id = ${BigInt("0x" + me.sitting)}`)[0][0]);
    stage("move", hall.shift, String(Math.round(left_s - seconds)));
  };
  await step("what is left is said to screen readers at its thresholds alone; the clock itself is silent, and one that is hidden comes back for the last five minutes", async () => {
    same(await page.locator(".clock").getAttribute("aria-live"), "off", "the clock");
    await page.evaluate(() => {
      globalThis.said = [];
      const line = document.querySelector(".visually-hidden[role=status]");
      new MutationObserver(() => { if (line.textContent) globalThis.said.push(line.textContent); }).observe(line, {childList: true});
    });
    const said = () => page.evaluate(() => globalThis.said);
    leave(15 * 60 + 3);
    await until(async () => (await said()).length === 1, "the first is said");
    leave(9 * 60);
    await until(async () => (await left(page)) < 9 * 60, "nine minutes are left");
    await page.click("button:has-text('Ẩn giờ')");
    same(await page.textContent(".clock"), "", "hidden");
    leave(5 * 60 + 3);
    await until(async () => (await said()).length === 2, "the second is said");
    await page.waitForTimeout(1500);
    same(await said(), ["Còn 15 phút.", "Còn 5 phút."]);
    check(/^Còn 0[45]:\d\d$/.test(await page.textContent(".clock")), "it is there again");
  });
  await context.close();
}

async function looks(me) {
  const {context, page} = await sit(me);
  await step("the palette has six looks, told apart by shape and word, and counts them", async () => {
    await page.click("button:has-text('Đánh dấu')"); // 1: seen and flagged
    await openItem(page, 2);                         // 2: seen
    await openItem(page, 3);
    await choose(page, 0);                           // 3: answered
    await openItem(page, 4);
    await choose(page, 1);
    await page.click("button:has-text('Đánh dấu')"); // 4: answered and flagged; 5 and 6 unseen
    await openItem(page, 6);
    await page.click("button:has-text('Đánh dấu')");
    await openItem(page, 2);
    await saved(page);
    await page.evaluate(async () => { // as on a machine that she has not used before: what was seen is known to the other alone
      indexedDB.deleteDatabase("khoacu-candidate");
    });
    const other = await sit(me), there = other.page;
    await openItem(there, 2);
    const buttons = there.locator(".palette button");
    const seen = await buttons.evaluateAll((list) => list.map((b) => [b.getAttribute("aria-label"), b.className, b.lastChild.textContent, getComputedStyle(b).borderStyle]));
    same(seen.map(([label]) => label), ["Câu 1, đã xem, chưa trả lời, có đánh dấu", "Câu 2, đã xem, chưa trả lời", "Câu 3, đã trả lời", "Câu 4, đã trả lời, có đánh dấu", "Câu 5, chưa xem", "Câu 6, chưa xem, có đánh dấu"]);
    same(new Set(seen.map(([, look, mark]) => look + mark)).size, 6, "six looks");
    same(new Set(seen.map(([, , mark]) => mark)).size, 6, "by shape, without colour");
    same((await there.locator(".counts dd").allTextContents()).map((text) => text.replace(/\s+/g, " ").trim()), ["2 (⚑ 1)", "2 (⚑ 1)", "2 (⚑ 1)"], "counts");
    await screens(there, "palette-vi");
    await axe(there, "six looks");
    await there.evaluate(() => { document.documentElement.dataset.theme = "contrast"; });
    await axe(there, "six looks in high contrast");
    await other.context.close();
  });
  await context.close();
}

async function names(me) {
  const {context, page} = await sit(me);
  await step("a screen reader finds landmarks, the question as a group with its stem, options and states by name", async () => {
    const has = async (role, name, count = 1) => same(await page.getByRole(role, {name}).count(), count, `${role} ${name}`);
    for (const [role, name] of [["navigation", "Danh sách câu hỏi"], ["heading", /^Câu 1 \/ 6$/], ["button", /Câu tiếp/], ["button", /Đánh dấu/], ["button", "Xem lại và nộp bài"], ["button", "Ẩn giờ"], ["button", "Câu 2, chưa xem"]]) await has(role, name);
    same(await page.getByRole("main").count(), 1, "one main");
    same(await page.getByRole("banner").count(), 1, "one header");
    same(await page.getByRole("timer").count(), 1, "one clock");
    const stem = (await page.textContent("#question .stem")).trim();
    const group = page.getByRole("group", {name: stem.slice(0, 20)});
    same(await group.count(), 1, "the stem names the group");
    same(await group.getByRole("radio").count(), 4, "options");
    for (const radio of await group.getByRole("radio").all()) check((await radio.evaluate((e) => e.labels[0].textContent)).trim().length > 3, "an option has its text as name");
    await openItem(page, 2);
    same(await page.evaluate(() => document.activeElement.tagName), "H1", "a new question is read from its heading");
  });
  await step("at 400 % zoom a real paper is read, answered, looked through and handed in, and nothing scrolls sideways", async () => {
    await page.setViewportSize({width: 320, height: 256});
    for (let i = 1; i <= 6; i++) {
      await page.reload();
      await page.waitForSelector("#question legend");
      await choose(page, i % 4);
      await saved(page);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      check(over <= 1, `question ${i} is ${over} px too wide`);
      const next = page.locator(".question .move button.primary");
      await next.scrollIntoViewIfNeeded();
      check(await next.evaluate((e) => { const r = e.getBoundingClientRect(), top = document.elementFromPoint(r.x + r.width / 2, r.y + r.height / 2); return e === top || e.contains(top); }), "nothing lies over the way on");
      await next.click();
    }
    await page.waitForSelector("dialog[open]");
    check(await page.evaluate(() => document.querySelector("dialog").scrollWidth <= document.querySelector("dialog").clientWidth + 1), "the look-through fits");
    await page.locator("dialog button.danger").click();
    await page.locator("dialog button.primary").click();
    await page.waitForSelector(".receipt-code");
    check(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1), "the receipt fits");
  });
  await context.close();
}

async function saver(hall, me) {
  const {context, page} = await sit(me);
  const textItem = async (tab) => {
    for (const button of await tab.locator(".palette button").all()) {
      await button.click();
      if ((await tab.textContent("#question .stem")).includes("Câu text.")) return;
    }
  };
  await step("never «saved» while a change is on its way to this computer's disk or to the server", async () => {
    const at_once = await page.evaluate(() => {
      document.querySelector("#question .top button").click(); // the flag, a change like any other
      return document.querySelector(".save-state").className;
    });
    same(at_once, "save-state saving", "at once");
    await saved(page);
  });
  await step("what the server refuses for good is taken back on the screen, and what waited behind it is sent", async () => {
    await openItem(page, 1);
    const first = page.locator("#question .top button");
    const before = await first.getAttribute("aria-pressed");
    await page.route("**/responses/*", (route) => (route.request().method() === "PUT" ? route.fulfill({status: 422, contentType: "application/problem+json", body: JSON.stringify({code: "invalid", errors: []})}) : route.continue()), {times: 1});
    await first.click();
    await until(async () => (await page.locator(".banner.warn").count()) === 1, "it is told");
    await until(async () => (await first.getAttribute("aria-pressed")) === before, "taken back");
    await saved(page);
    await first.click();
    await saved(page);
    check((await first.getAttribute("aria-pressed")) !== before, "the next try counts");
  });
  await step("another window was quicker: its text counts, and what was typed here is handed back to her", async () => {
    const two = await context.newPage();
    await two.goto("/thi/");
    await two.waitForSelector("#question .stem");
    await textItem(page);
    await textItem(two);
    await page.route("**/responses/*", (route) => route.abort());
    await page.fill("#question input[type=text]", "Cần Thơ");
    await page.locator("#question input[type=text]").blur();
    await until(async () => (await page.locator(".save-state.unsent").count()) === 1, "not sent");
    await two.fill("#question input[type=text]", "Hải Phòng");
    await two.locator("#question input[type=text]").blur();
    await saved(two);
    await page.unroute("**/responses/*");
    await until(async () => (await page.locator(".banner details").count()) === 1, "told", AGAIN.timeout);
    same(await page.inputValue("#question input[type=text]"), "Hải Phòng", "what counts is shown");
    await page.click(".banner summary");
    same(await page.textContent(".banner .meant"), "Cần Thơ", "and what was typed here is there");
    await two.close();
  });
  await context.close();
}

async function restart(me) {
  const {context, page} = await sit(me);
  await step("the server goes and comes again in the middle of a sitting: nothing is lost, nothing is asked of her, and the time is hers", async () => {
    await choose(page, 0);
    await saved(page);
    const times = () => stage("sql", `SELECT extract(epoch FROM closes_at)::bigint, extract(epoch FROM beat_at) FROM khoacu.sitting, khoacu.service_beat WHERE sitting_id = ${BigInt("0x" + me.sitting)}`)[0].map(Number);
    const [before, beat_s] = times();
    await restartServer(REST_MS, async () => {
      await openItem(page, 2);
      await choose(page, 1);
      await until(async () => (await page.locator(".save-state.unsent").count()) === 1, "not sent");
    });
    const away_s = Date.now() / 1000 - beat_s; // at most: it has left signs of life after that one
    await openItem(page, 3);
    await choose(page, 2);
    await saved(page);
    same(rowsOf(me), 3, "all three");
    const [after] = times();
    console.log(`    away for at most ${away_s.toFixed(1)} s, given back ${after - before} s`);
    check(after - before >= REST_MS / 1000 && after - before <= Math.ceil(away_s), `given back ${after - before} s of ${REST_MS / 1000} to ${away_s} s`);
  });
  same(context.pageErrors, [], "errors of scripts:");
  await context.close();
}

export default async function () {
  const hall = stage("plain", "DL", "4"), last = stage("plain", "DC", "1"), kinds = stage("paper", "DS", "1");
  await offline(hall, hall.candidates[0]);
  await announcements(last, last.candidates[0]);
  await looks(hall.candidates[1]);
  await names(hall.candidates[2]);
  await saver(kinds, kinds.candidates[0]);
  await restart(hall.candidates[3]);
}
