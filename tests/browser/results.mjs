// From closed papers to a published list on the screens alone: round 2, blind marks, freeze, ranking, the second hand, release.
// Follows the officers' journey, after which one candidate of the trial has all answers right and one has one too few.

import {computer, step, check, until, officer, logins, axe} from "./harness.mjs";
import {withOfficer, reasonDialog} from "./officer.mjs";

const CYCLE = "DUNG-THU";
const open = (page, address) => page.goto("about:blank").then(() => page.goto(address));
const figure = (page, nth) => page.locator(".counts-row .figure").nth(nth).textContent();

/** Marks what waits, by the keyboard alone; gives how many. */
async function markAll(page, first) {
  await open(page, "/can-bo/#/marking");
  await page.waitForSelector("h1");
  await page.waitForLoadState("networkidle");
  if (await page.locator(".mark-entry").count() === 0) return 0;
  const waiting = async () => Number((await page.textContent(".mark-entry [role=status]")).match(/\d+/)[0]);
  let marked = 0;
  for (let left = await waiting(); left > 0; left = await waiting()) {
    if (first && marked === 0) {
      for (const wrong of ["999", "12,3", "ab"]) {
        await page.keyboard.press("Control+a");
        await page.keyboard.type(wrong);
        await page.keyboard.press("Enter");
        await page.waitForSelector(".mark-entry [aria-invalid=true]");
      }
      check(await waiting() === left, "a mark off its scale or step is not taken");
      check(!(await page.textContent("main")).includes(logins().candidates[3].roll), "no roll number on the marker's screen");
      await axe(page, "marking");
    }
    await page.keyboard.press("Control+a");
    await page.keyboard.type("35,5");
    await page.keyboard.press("Enter");
    await until(async () => (await waiting()) < left, "the next script comes by itself");
    marked++;
  }
  return marked;
}

export default async function () {
  await step("the HR officer sees who passed round 1 and opens round 2", () => withOfficer("hr_officer", 0, async (page) => {
    await until(async () => {
      await open(page, `/can-bo/#/cycles/${CYCLE}`);
      await page.waitForSelector(".counts-row .figure");
      return (await figure(page, 2)) === "1";
    }, "the worker has counted: one passed", 20000);
    await page.click("button:has-text('Mở vòng 2')");
    await until(async () => (await figure(page, 3)).endsWith("/ 1"), "there is a script of the writing", 20000);
  }));
  await step("examiners enter marks for blind codes by the keyboard; what is off the scale is refused at the field", async () => {
    let marked = 0;
    for (let nth = 0; officer("examiner", nth); nth++)
      await withOfficer("examiner", nth, async (page) => { marked += await markAll(page, marked === 0); });
    check(marked === 2, `writing and interview were marked, not ${marked}`);
  });
  await step("the HR officer freezes the marks and computes the list, and may not approve his own", () => withOfficer("hr_officer", 0, async (page) => {
    await open(page, `/can-bo/#/cycles/${CYCLE}`);
    await page.click("button:has-text('Khóa điểm')");
    await reasonDialog(page, "Đã nhập đủ điểm vòng 2");
    await until(async () => (await page.locator("dialog[open]").count()) === 0, "the dialog has closed");
    await page.waitForLoadState("networkidle");
    await page.click("button:has-text('Tính kết quả')");
    await reasonDialog(page, "Công bố lần đầu");
    await page.waitForSelector("a[href^='#/runs/']", {timeout: 20000});
    await page.click("a[href^='#/runs/']");
    await page.waitForSelector("tbody tr.selected");
    check(await page.locator(".signatures button.primary").count() === 0, "the second signature is not offered to the first hand");
    await axe(page, "run of the trial");
  }));
  await step("a second officer approves, and the list is published", () => withOfficer("hr_officer", 1, async (page) => {
    await open(page, `/can-bo/#/cycles/${CYCLE}`);
    await page.click("a[href^='#/runs/']");
    await page.waitForSelector(".signatures button.primary");
    await page.click(".signatures button.primary");
    await reasonDialog(page, "Đã kiểm tra danh sách");
    await page.click(".signatures button.primary:has-text('Công bố')");
    await page.click("dialog button.primary");
    await page.waitForSelector(".signatures .tag.ok >> nth=1");
  }));
  await step("everybody finds the trial's list on the first page, with the one who passed", async () => {
    const context = await computer(), page = await context.newPage();
    await page.goto("/#/" + CYCLE);
    await page.waitForSelector("tr.selected");
    check((await page.textContent("tr.selected")).includes(logins().candidates[3].roll), "the candidate with all answers right has the place");
    await context.close();
  });
}
