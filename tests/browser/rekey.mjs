// A wrong key on the screens alone: asked for, released by another officer, challenged by a candidate, decided after a look at the
// effect, everybody scored again.

import {computer, step, check, same, until, logins, signInCandidate, overtaken, axe, screens} from "./harness.mjs";
import {withOfficer, reasonDialog} from "./officer.mjs";
import {toPaper, saved} from "./candidate.mjs";

const CYCLE = "DUNG-THU";
const open = (page, address) => page.goto("about:blank").then(() => page.goto(address));
const keysPage = async (page) => {
  await open(page, `/can-bo/#/cycles/${CYCLE}/keys`);
  await page.waitForSelector("table");
};

/** Signed in and handed in: at the receipt. */
async function atReceipt(page, candidate) {
  await signInCandidate(page, candidate);
  await page.waitForSelector("#question legend, input[name=practice], .receipt-code");
  if (await page.locator(".receipt-code").count()) return;
  if (await page.locator("input[name=practice]").count()) await toPaper(page);
  await page.locator("label.option").nth(1).click();
  await saved(page);
  await page.click(".side button.primary");
  await page.click("dialog button.danger");
  await page.click("dialog button.primary");
  await page.waitForSelector(".receipt-code");
}

/** Closes the shift where no journey before has. */
async function closeShift(page) {
  await keysPage(page);
  if (await page.locator("main:has-text('Còn ca thi chưa đóng')").count() === 0) return;
  const job = await page.evaluate(async (code) => {
    const cycle = await (await fetch(`/api/v1/cycles/${code}`)).json();
    const answers = [];
    for (const shift of cycle.progress.shifts) answers.push((await fetch(`/api/v1/shifts/${shift.id}/close`, {method: "POST", headers: {"Content-Type": "application/json", "X-Khoacu": "1"}, body: JSON.stringify({reason: "Mọi người đã nộp bài"})})).status);
    return answers;
  }, CYCLE);
  check(job.every((status) => status === 202), `closing was asked for: ${job}`);
  await until(async () => { await keysPage(page); return (await page.locator("button:has-text('Mở rà soát đáp án')").count()) > 0; }, "the shift is closed");
}

export default async function () {
  const context = await computer(), page = await context.newPage(), me = logins().candidates[0];
  await step("who has handed in sees a receipt, and no word of a key", async () => {
    await atReceipt(page, me);
    check(await page.locator("button:has-text('đáp án')").count() === 0, "no key yet");
  });
  await step("one officer asks for the review of the key, and may not release it", () => withOfficer("hr_officer", 0, async (hr) => {
    await closeShift(hr);
    await hr.click("button:has-text('Mở rà soát đáp án')");
    await axe(hr, "the dialog of a review");
    await reasonDialog(hr, "Thông báo 15/TB-HĐTT");
    await hr.waitForSelector("main:has-text('Chờ người thứ hai phát hành')");
    check(await hr.locator("button:has-text('Phát hành')").count() === 0, "not offered to who asked");
    await axe(hr, "keys of a cycle");
  }));
  await step("another officer releases it", () => withOfficer("hr_officer", 1, async (hr) => {
    await keysPage(hr);
    await hr.click("button:has-text('Phát hành')");
    await reasonDialog(hr, "Đúng thông báo");
    await hr.waitForSelector(".tag.ok:has-text('Đã phát hành')");
  }));
  await step("the candidate sees paper, answers and key, and challenges a question with reason and source", async () => {
    await page.reload();
    await page.click("button:has-text('Xem bài làm và đáp án')");
    await page.waitForSelector(".key-card");
    same(await page.locator(".key-card").count(), 60, "every question");
    same(await page.locator(".key-options li.right").count(), 60, "with its key");
    await page.locator("button:has-text('Khiếu nại câu này')").first().click();
    await page.click("button:has-text('Gửi khiếu nại')");
    await page.waitForSelector(".error-summary");
    await page.fill("#reason-1", "Phương án khác cũng đúng theo luật hiện hành");
    await page.fill("#source-1", "Luật Cán bộ, công chức 2025, Điều 9");
    await axe(page, "key and challenge");
    await page.click("button:has-text('Gửi khiếu nại')");
    await page.waitForSelector(".key-card:has-text('Khiếu nại của bạn')");
    await screens(page, "rekey-candidate");
    same(context.pageErrors, [], "script errors");
  });
  await step("the officer finds the challenge first, with statistics, and proposes; the effect is computed", () => withOfficer("hr_officer", 0, async (hr) => {
    await keysPage(hr);
    await hr.click("a:has-text('Xem khiếu nại')");
    await hr.waitForSelector(".key-card[open] .challenges");
    const card = hr.locator(".key-card").first();
    check((await card.textContent()).includes("Điều 9"), "the source is read");
    check(/\d %/.test(await card.locator(".share").first().textContent()), "shares of the options");
    await card.locator("select").selectOption("all_right");
    await card.locator("textarea").fill("Hai phương án đều đúng theo luật mới");
    await hr.fill(".sticky-act textarea", "Kết luận của hội đồng ngày 01/12");
    await overtaken(hr, "**/api/v1/jobs/*", () => hr.click("button:has-text('Trình và tính tác động')")); // it takes its time, and she looks at another page
    await until(async () => {
      await keysPage(hr);
      await hr.click("a:has-text('Xem khiếu nại')");
      await hr.waitForSelector(".proposal");
      return (await hr.locator(".proposal:has-text('bài được chấm')").count()) > 0;
    }, "the effect is computed");
    check(await hr.locator("button:has-text('Xác nhận và chấm lại')").count() === 0, "not offered to who proposed");
    await axe(hr, "review of a key");
    await screens(hr, "rekey-officer");
  }));
  await step("another officer looks at the effect and confirms; everybody is scored again", () => withOfficer("hr_officer", 1, async (hr) => {
    await keysPage(hr);
    await hr.click("a:has-text('Xem khiếu nại')");
    await hr.click("button:has-text('Xem tất cả')");
    await hr.waitForSelector(".proposal tbody tr");
    check(!(await hr.textContent(".proposal")).includes(".results."), "who passes now and has not sat the next round is said in words, not as a place in a file");
    await screens(hr, "rekey-effect");
    await hr.click("button:has-text('Xác nhận và chấm lại')");
    await reasonDialog(hr, "Đồng ý với hội đồng");
    await hr.waitForSelector(".proposal .tag.ok:has-text('bản 2')");
  }));
  await step("the candidate reads what was decided, and why", async () => {
    await page.reload();
    await page.click("button:has-text('Xem bài làm và đáp án')");
    await page.waitForSelector(".key-card .banner.ok:has-text('tính đúng cho mọi thí sinh')");
    check((await page.locator(".key-card .banner.ok").first().textContent()).includes("theo luật mới"), "the reason");
    same(context.pageErrors, [], "script errors");
  });
  await context.close();
}
