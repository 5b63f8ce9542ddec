// HR officers, examiners and invigilators lead the trial cycle to a published list.

import {writeFileSync, mkdtempSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {computer, step, check, same, until, officer, signInOfficer, logins, signInCandidate, axe} from "./harness.mjs";
import {toPaper, saved} from "./candidate.mjs";
import {rightOption} from "./key.mjs";

const CYCLE = "DUNG-THU";
const MAIN = "CC-2026-MINH-HOA";

export async function withOfficer(role, nth, body) {
  const context = await computer();
  const page = await context.newPage();
  await signInOfficer(page, officer(role, nth));
  await body(page, context);
  same(context.pageErrors, [], "script errors");
  await context.close();
}
export async function reasonDialog(page, text) {
  await page.fill("dialog textarea", text);
  await page.click("dialog button.primary");
}

/** One candidate answers all items, so many of them right. */
async function sitAll(candidate, right) {
  const context = await computer();
  const page = await context.newPage();
  await signInCandidate(page, candidate);
  await page.waitForSelector("#question legend, input[name=practice], .receipt-code");
  if (await page.locator(".receipt-code").count()) return context.close();
  if (await page.locator("input[name=practice]").count()) await toPaper(page);
  for (let n = 0; n < 60; n++) {
    const key = rightOption(await page.textContent("#question legend")), options = page.locator("label.option");
    check(key, "the item is one of the demonstration's");
    for (let i = 0, done = false; !done; i++) {
      done = (await options.nth(i).textContent()).includes(key) === n < right;
      if (done) await options.nth(i).click();
    }
    if (n < 59) await page.click("button:has-text('Câu tiếp')");
  }
  await saved(page);
  await page.click(".side button.primary");
  await page.click("dialog button.danger");
  await page.click("dialog button.primary");
  await page.waitForSelector(".receipt-code");
  await context.close();
}

export default async function () {
  await step("a wrong password is refused, a right one shows the officer's own menu", async () => {
    const context = await computer();
    const page = await context.newPage();
    await page.goto("/can-bo/");
    await page.fill("#login_name", officer("hr_officer").name);
    await page.fill("#password", "wrong-wrong-wrong");
    await page.click("button[type=submit]");
    await page.waitForSelector(".error-summary");
    await context.close();
    await withOfficer("examiner", 0, async (tab) => check(await tab.locator("nav a[href='#/cycles']").count() === 0, "an examiner sees no cycles"));
  });
  await step("an import on trial names line and column of every fault and stores nothing", () => withOfficer("hr_officer", 0, async (page) => {
    const file = join(mkdtempSync(join(tmpdir(), "khoacu-")), "c.csv");
    writeFileSync(file, "roll_number,full_name,birth_date,post_code,priority_classes,agency_preferences\nTHU0001,,1999-02-31,THU-CV,,\nTHU0002,Trần An,1999-02-01,NONE,,\n");
    await page.goto(`/can-bo/#/import/candidates/${CYCLE}`);
    await page.setInputFiles("#file", file);
    await page.click("button.primary:has-text('Kiểm tra thử')");
    await page.waitForSelector(".banner.stop");
    const text = await page.textContent("main");
    for (const column of ["full_name", "birth_date", "post_code"]) check(text.includes(column), column + " is named");
    check(await page.locator("button:has-text('Nhập thật')").isDisabled(), "cannot be applied");
    await axe(page, "import");
  }));
  await step("the published run shows every decision with its derivation", () => withOfficer("hr_officer", 0, async (page) => {
    await page.goto(`/can-bo/#/cycles/${MAIN}`);
    await page.click("a[href^='#/runs/']");
    await page.waitForSelector("tbody tr.selected");
    await page.locator("tbody tr.selected button").first().click();
    await until(async () => (await page.locator("aside .derivation li").count()) >= 3, "the derivation is shown");
    check(!(await page.textContent("main")).match(/\b(reason|derivation|outcome)\.[a-z]/), "no catalogue key is shown raw");
    await axe(page, "run");
  }));
  await step("the search finds a candidate without diacritics", () => withOfficer("hr_officer", 0, async (page) => {
    await page.goto(`/can-bo/#/cycles/${MAIN}/candidates`);
    await page.waitForSelector("tbody tr");
    await page.fill("#q", "nguyen");
    await until(async () => (await page.locator("tbody tr td").first().textContent()).startsWith("Nguyễn"), "Nguyễn is found");
  }));
  await step("candidates sit the trial; the live room shows them", async () => {
    await sitAll(logins().candidates[3], 60);
    await sitAll(logins().candidates[4], 29);
    await withOfficer("invigilator", 0, async (page) => {
      await page.goto(`/can-bo/#/cycles/${CYCLE}`);
      await page.click("a[href*='/shifts/']");
      await page.waitForSelector(".counts-row .figure");
      await until(async () => Number(await page.locator(".counts-row .figure").nth(2).textContent()) >= 2, "two have submitted");
      await axe(page, "live");
    });
  });
  await step("the invigilator closes the shift with a reason", () => withOfficer("invigilator", 0, async (page) => {
    await page.goto(`/can-bo/#/cycles/${CYCLE}`);
    await page.click("a[href*='/shifts/']");
    await page.click("button.danger:has-text('Đóng ca thi')");
    await reasonDialog(page, "Kết thúc kỳ dùng thử");
    await until(async () => Number((await page.locator(".counts-row .figure").nth(1).textContent()) || "1") === 0, "nobody is working any more", 20000);
  }));
  await step("every list of the officer, the marks and the accounts can be opened by their own roles", async () => {
    await withOfficer("item_officer", 0, async (page) => {
      await page.goto("/can-bo/#/items");
      await page.waitForSelector("tbody tr");
      await axe(page, "items");
      await page.locator("tbody th a").first().click();
      await page.waitForSelector(".item-shown .choice");
      await axe(page, "an item");
    });
    await withOfficer("inspector", 0, async (page) => {
      await page.goto("/can-bo/#/audit");
      await page.waitForSelector("tbody tr");
      // Other journeys leave hundreds of acts after the publication: it stands on one of the next pages.
      for (let turn = 0; turn < 20 && !(await page.textContent("tbody")).includes("result."); turn++) {
        const first = await page.textContent("tbody tr");
        await page.click("button:has-text('Trang sau')");
        await until(async () => (await page.textContent("tbody tr")) !== first, "the next page is shown");
      }
      check((await page.textContent("tbody")).includes("result."), "acts of the result are there");
      await axe(page, "audit");
    });
  });
}
