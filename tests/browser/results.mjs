// From closed papers to a published list on the screens alone: round 2, blind marks, freeze, ranking, two signatures, release.
// Follows the officers' journey, after which one candidate of the trial has all answers right and one has one too few.

import {computer, step, check, until, officer, logins, overtaken, speak, axe, screens, sql, drawingsFit} from "./harness.mjs";
import {withOfficer, reasonDialog} from "./officer.mjs";

const CYCLE = "DUNG-THU";
const open = (page, address) => page.goto("about:blank").then(() => page.goto(address));
const figure = (page, nth) => page.locator(".counts-row .figure").nth(nth).textContent();

export async function signDialog(page, reason, password) {
  await page.fill("dialog textarea", reason);
  await page.fill("dialog input[type=password]", password);
  await page.click("dialog button.primary");
}

/** The trial's post is recruited jointly from now on, and the one agency that its candidates named has no place. */
const exhaustLists = () => sql(`INSERT INTO agency (agency_id, cycle_id, code, name) SELECT 990077, cycle_id, 'CQ-HAI', 'Cơ quan thứ hai (minh họa)' FROM cycle WHERE code = '${CYCLE}';
  INSERT INTO post_quota (post_id, agency_id, quota) SELECT p.post_id, 990077, 2 FROM post p JOIN cycle c USING (cycle_id) WHERE c.code = '${CYCLE}';
  UPDATE post_quota q SET quota = 0 FROM post p JOIN cycle c USING (cycle_id) WHERE q.post_id = p.post_id AND q.agency_id <> 990077 AND c.code = '${CYCLE}';`);

async function compute(page, cause, nth = 0) {
  await open(page, `/can-bo/#/cycles/${CYCLE}`);
  await page.click("button:has-text('Tính kết quả')");
  await reasonDialog(page, cause);
  await until(async () => (await page.locator("a[href^='#/runs/']").count()) === nth + 1, "the list is there");
  await page.locator("a[href^='#/runs/']").first().click();
  await page.waitForSelector("tbody tr.selected");
}

/** Marks what waits, by the keyboard alone; gives how many. */
export async function markAll(page, first, mark = "35,5") {
  await open(page, "/can-bo/#/marking");
  await page.waitForSelector(".mark-entry .progress-line, main .empty");
  if (await page.locator(".mark-entry").count() === 0) return 0;
  const waiting = async () => Number((await page.textContent(".mark-entry [role=status]")).match(/\d+/)[0]);
  let marked = 0;
  for (let left = await waiting(); left > 0; left = await waiting()) {
    if (first && marked === 0) {
      for (const wrong of ["999", "12,3", "7,,5"]) {
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
    await page.keyboard.type(mark);
    await page.keyboard.press("Enter");
    await until(async () => (await waiting()) < left, "the next script comes by itself");
    marked++;
  }
  if (marked === 0) return 0; // only scripts that were final before
  await page.click("button.final:not(:disabled)");
  await page.waitForSelector("dialog[open] button.primary");
  await page.keyboard.press("Enter");
  await until(async () => (await page.locator(".mark-entry .tag.ok").count()) > 0, "the marks are final");
  await page.waitForSelector(".save-state.ok"); // the server has them too
  return marked;
}

/** The head of the marking board draws the examiners of both parts; while the first draw is under way she looks at another page. */
async function drawMarkers(page) {
  const waits = () => page.locator("button:has-text('Bốc thăm phân công')").count();
  const toBoard = async () => {
    await open(page, "/can-bo/#/marking-lead");
    await page.click(`a[href='#/marking-lead/${CYCLE}']`);
    await page.waitForSelector("h2:has-text('Bốc thăm')");
  };
  await toBoard();
  await axe(page, "marking board");
  await screens(page, "marking-lead");
  const both = await waits();
  check(both === 2, "two parts wait for their draw: " + both);
  for (let waiting = both; waiting > 0; waiting--) {
    await page.click("button:has-text('Bốc thăm phân công')");
    const cells = page.locator("dialog input");
    for (const [nth, text] of ["Chủ tịch hội đồng", "70142", "Thanh tra", "40918"].entries()) await cells.nth(nth).fill(text);
    const draw = () => page.click("dialog button.primary");
    if (waiting < both) await draw();
    else await overtaken(page, "**/api/v1/jobs/*", draw);
    await until(async () => {
      if (waiting === both) await toBoard();
      return (await waits()) === waiting - 1;
    }, "the draw is held");
  }
}

export default async function () {
  await step("the HR officer sees who passed round 1 and opens round 2", () => withOfficer("hr_officer", 0, async (page) => {
    await until(async () => {
      await open(page, `/can-bo/#/cycles/${CYCLE}`);
      await page.waitForSelector(".counts-row .figure");
      return (await figure(page, 2)) === "1";
    }, "the worker has counted: one passed");
    await page.click("button:has-text('Mở vòng 2')");
    await until(async () => (await figure(page, 3)).endsWith("/ 1"), "there is a script of the writing");
  }));
  await step("the head of the marking board draws two examiners for each script with numbers of two people", () => withOfficer("chief_marker", 0, drawMarkers));
  await step("examiners enter marks for blind codes by the keyboard; what is off the scale is refused at the field", async () => {
    const marked = [];
    for (let nth = 0; officer("examiner", nth); nth++)
      await withOfficer("examiner", nth, async (page) => { marked.push(await markAll(page, marked.every((count) => count === 0))); });
    check(marked.reduce((sum, count) => sum + count, 0) === 4, `writing and interview are marked by two each: ${marked}`);
  });
  await step("the marks are frozen; a winner on whose own list no place is left waits for the council, whose decision is recorded with its reason", () => withOfficer("hr_officer", 0, async (page) => {
    const winner = logins().candidates[3].roll, card = "form.banner.warn";
    exhaustLists();
    await open(page, `/can-bo/#/cycles/${CYCLE}`);
    await page.click("button:has-text('Khóa điểm')");
    await reasonDialog(page, "Đã nhập đủ điểm vòng 2");
    await page.waitForSelector("button:has-text('Tính kết quả')"); // the marks are frozen: the page is drawn anew
    await compute(page, "Tính lần đầu");
    check((await page.textContent(card)).includes(winner), "the card names her");
    check(await page.locator(card + " option").allTextContents().then((codes) => codes.join() === "CQ-HAI"), "and the agency that has places");
    await axe(page, "card of the council's decision");
    await screens(page, "placement-vi");
    await speak(page, "en", card + ":has-text('The council decides')");
    await screens(page, "placement-en");
    await speak(page, "vi", card + " textarea");
    await page.fill(card + " textarea", "ngắn");
    await page.click(card + " button");
    await page.waitForSelector(".toasts:has-text('ít nhất 10 ký tự')");
    await page.fill(card + " textarea", "Theo biên bản họp hội đồng số 4");
    await page.click(card + " button");
    await page.waitForSelector(".toasts:has-text('Hãy tính lại danh sách')");
    await compute(page, "Hội đồng đã quyết định cơ quan nhận", 1);
    check(await page.locator(card).count() === 0, "nothing waits any more");
    check((await page.textContent("tr.selected")).includes("CQ-HAI"), "she has the council's agency");
    await page.click("tr.selected th button");
    await page.waitForSelector("aside .derivation li:has-text('CQ-HAI')");
  }));
  await step("the spread of the totals stands beside the list, of all posts and of one, with the line of the last seat and the same figures as a table", () => withOfficer("hr_officer", 0, async (page) => {
    await open(page, "/can-bo/#/cycles/CC-2026-MINH-HOA");
    await page.click("a[href^='#/runs/']");
    await page.waitForSelector(".plot-box .cut-line >> nth=1", {state: "attached"});
    const all = await page.textContent(".plot-box figcaption");
    check(all.includes("mọi vị trí"), "all posts at first");
    await page.selectOption("#post", {index: 1});
    await until(async () => (await page.textContent(".plot-box figcaption")) !== all, "the figure follows the post that is chosen");
    check(await page.locator(".plot-box .cut-line").count() === 1, "one last seat");
    check(await page.locator(".plot-box details[open]").count() === 1, "the figures stand beside it");
    const counted = (await page.locator(".plot-box tbody td").allTextContents()).reduce((sum, text) => sum + Number(text), 0);
    check((await page.textContent(".plot-box figcaption p")).startsWith(`${counted} người đạt`), "the table counts those who passed: " + counted);
    await axe(page, "spread of totals");
    await drawingsFit(page, ".plot-box svg");
    await page.selectOption("#post", "");
    await page.waitForSelector(".plot-box .cut-line >> nth=1", {state: "attached"});
    await drawingsFit(page, ".plot-box svg");
    await page.setViewportSize({width: 1366, height: 768});
    await screens(page, "spread");
  }));
  await step("the HR officer freezes and signs the list, and may not sign twice", () => withOfficer("hr_officer", 0, async (page) => {
    await open(page, `/can-bo/#/cycles/${CYCLE}`);
    await page.locator("a[href^='#/runs/']").first().click();
    await page.waitForSelector("tbody tr.selected");
    await page.click("a.button:has-text('Xem xét chất lượng')");
    await page.click("button.primary:has-text('Tính báo cáo')");
    await page.waitForSelector("h2:has-text('Phân bố điểm')");
    check((await page.textContent("main")).includes("Đồng điểm chưa phân định"), "the quality page says what is open");
    await axe(page, "quality page");
    await screens(page, "quality");
    await page.click("a[href^='#/runs/']");
    await page.waitForSelector("tbody tr.selected");
    await page.click(".signatures button:has-text('Chốt danh sách')");
    await reasonDialog(page, "Đã xem trang chất lượng");
    await page.click(".signatures button:has-text('Ký danh sách')");
    await signDialog(page, "Đã đối chiếu với biên bản", "không phải mật khẩu");
    await page.waitForSelector("dialog .invalid #password");
    await signDialog(page, "Đã đối chiếu với biên bản", officer("hr_officer", 0).password);
    await page.waitForSelector(".signatures .tag.ok >> nth=1");
    check(await page.locator(".signatures button.primary").count() === 0, "the second signature is not offered to the first hand");
    await axe(page, "run of the trial");
  }));
  await step("a second officer signs with her password, and the list is published", () => withOfficer("hr_officer", 1, async (page) => {
    await open(page, `/can-bo/#/cycles/${CYCLE}`);
    await page.locator("a[href^='#/runs/']").first().click();
    await page.click(".signatures button.primary:has-text('Ký danh sách')");
    await axe(page, "dialog of the second signature");
    await signDialog(page, "Đã kiểm tra danh sách", officer("hr_officer", 1).password);
    await page.click(".signatures button.primary:has-text('Công bố ngay')");
    await page.click("dialog button.primary");
    await page.waitForSelector(".signatures .tag.ok >> nth=3");
    await screens(page, "release-signed");
  }));
  await step("everybody finds the trial's list on the first page, with the one who passed", async () => {
    const context = await computer(), page = await context.newPage();
    await page.goto("/#/" + CYCLE);
    await page.waitForSelector("tr.selected");
    check((await page.textContent("tr.selected")).includes(logins().candidates[3].roll), "the candidate with all answers right has the place");
    await context.close();
  });
}
