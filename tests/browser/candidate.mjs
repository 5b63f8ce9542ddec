// The candidate's way from sign-in to receipt, with the keyboard where it matters.

import {AGAIN, computer, step, check, same, until, logins, signInCandidate, axe} from "./harness.mjs";

export const toPaper = async (page) => {
  await page.waitForSelector("input[name=practice]");
  await page.click("label.option:has(input[value=a])");
  await page.click("button.primary:has-text('phòng chờ')");
  await page.click("button.primary:has-text('Bắt đầu')");
  await page.waitForSelector("#question legend");
};
export const saved = (page) => until(async () => (await page.locator(".save-state.saved").count()) === 1, "the state is saved", AGAIN.timeout);

export default async function () {
  const context = await computer();
  const page = await context.newPage();
  const me = logins().candidates[0];
  const seen = [];
  page.on("response", async (response) => { if (response.url().includes("/api/")) seen.push(await response.text().catch(() => "")); });

  await step("a wrong access code is refused with a sentence that helps", async () => {
    await signInCandidate(page, {roll: me.roll, code: "0000-0000-0000-0000"});
    await page.waitForSelector(".error-summary");
    check((await page.textContent(".error-summary")).includes("không đúng"), "says what is wrong");
  });
  await step("roll number and access code lead to the check of the computer", async () => {
    await signInCandidate(page, me);
    await page.waitForSelector("input[name=practice]");
    await until(async () => (await page.locator(".checks .tag.ok").count()) >= 3, "the checks are done");
    await axe(page, "check");
  });
  await step("the practice item opens the way to the waiting room, and the paper opens; from then on it alone says where she is", async () => {
    const places = [], often = async (route) => {
      places.push(route.request().postDataJSON().position);
      const response = await route.fetch().catch(() => null), told = await response?.json().catch(() => null);
      await (told ? route.fulfill({response, json: {...told, again_s: 0.3}}) : route.abort()).catch(() => {});
    };
    await page.route("**/presence", often);
    await toPaper(page);
    check((await page.textContent("h1")).includes("Câu 1 / 60"), "the first item is shown");
    await until(() => places.includes(1), "the paper says so");
    const from = places.indexOf(1);
    await until(() => places.length > from + 6, "and goes on");
    same(places.slice(from), places.slice(from).map(() => 1), "nobody else speaks for her");
    await page.unroute("**/presence", often);
  });
  await step("a click is saved by itself, and the palette shows it", async () => {
    await page.locator("label.option").nth(2).click();
    await saved(page);
    check(await page.locator(".palette button.answered").count() === 1, "one answered");
  });
  await step("flag, clear, next and previous work", async () => {
    await page.click("button:has-text('Đánh dấu')");
    await page.click("button:has-text('Câu tiếp')");
    await page.locator("label.option").nth(0).click();
    await saved(page);
    await page.click("button:has-text('Bỏ chọn')");
    await saved(page);
    same(await page.locator(".palette button.answered").count(), 1, "cleared");
    await page.click("button:has-text('Câu trước')");
    check(await page.locator(".palette button.flagged.answered").count() === 1, "flagged and answered");
  });
  await step("the keyboard alone answers an item and moves on", async () => {
    await page.keyboard.press("Alt+ArrowRight");
    await page.keyboard.press("Alt+ArrowRight");
    check((await page.textContent("h1")).includes("Câu 3"), "moved to item 3");
    await page.locator("input[type=radio]").first().focus();
    await page.keyboard.press("Space");
    await page.keyboard.press("ArrowDown");
    await saved(page);
    check(await page.locator("input[type=radio]").nth(1).isChecked(), "the second option is chosen");
  });
  await step("a reload continues where she was", async () => {
    await page.reload();
    await page.waitForSelector("#question legend");
    check((await page.textContent("h1")).includes("Câu 3"), "same item");
    check(await page.locator("input[type=radio]").nth(1).isChecked(), "same answer");
    same(await page.locator(".palette button.answered").count(), 2, "answers kept");
  });
  await step("the clock can be hidden and shown", async () => {
    await until(async () => /^Còn (\d+:)?\d+:\d\d$/.test(await page.textContent(".clock")), "time left"); // a guess at first, where the server was slow to answer the reload
    await page.click("button:has-text('Ẩn giờ')");
    same((await page.textContent(".clock")).trim(), "", "hidden");
    await page.click("button:has-text('Hiện giờ')");
  });
  await step("axe finds nothing on the paper", () => axe(page, "paper"));
  await step("review tells the counts, submit asks twice, the receipt has a code", async () => {
    await page.click(".side button.primary");
    check((await page.textContent("dialog")).includes("Đã trả lời 2 / 60"), "counts");
    await page.click("dialog button.danger");
    await page.click("dialog button.primary");
    await page.waitForSelector(".receipt-code");
    check(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/.test(await page.textContent(".receipt-code")), "code");
    await axe(page, "receipt");
  });
  await step("after a reload the same receipt is there, and nothing waits on this computer", async () => {
    const code = await page.textContent(".receipt-code");
    await page.reload();
    await page.waitForSelector(".receipt-code");
    same(await page.textContent(".receipt-code"), code);
  });
  await step("no answer of the server to the candidate names a key", async () => {
    check(seen.length > 10, "there was traffic");
    check(!seen.some((text) => /"(key|correct|answer_key|is_correct|score)"/i.test(text)), "a key-like member was sent");
  });
  await step("no script of a page failed", async () => same(context.pageErrors, []));
  await context.close();
}
