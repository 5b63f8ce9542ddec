// The appointment that follows: slips printed once and drawn from a box, papers cast on any machine, a receipt that stays, counted by another.

import {execFileSync} from "node:child_process";
import {computer, step, check, same, axe, screens} from "./harness.mjs";
import {withOfficer} from "./officer.mjs";

const CYCLE = "LD-MINH-HOA", CODE = /[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}/g;
const ballots = async (page) => {
  await page.goto("about:blank");
  await page.goto(`/can-bo/#/cycles/${CYCLE}/ballots`);
  await page.waitForSelector("article");
};
const own = "article:has(h2:has-text('PP-KH'))";

export default async function () {
  let slips = [], receipt = "";
  await step("an officer proposes who passed, and nobody else; the slips are printed once, and the ballot opened", () => withOfficer("hr_officer", 0, async (page) => {
    await ballots(page);
    await screens(page, "ballots");
    await axe(page, "ballots");
    await page.selectOption("#post", "PP-KH");
    await page.click("button:has-text('Mở quy trình bổ nhiệm')");
    await page.waitForSelector("[data-field=rolls] .error:not([hidden])");
    await page.fill("#rolls", "LD004, LD001");
    await page.fill("#why", "Theo kết quả đã công bố");
    await page.click("button:has-text('Mở quy trình bổ nhiệm')");
    await page.waitForSelector("[data-field=rolls] .error:has-text('LD001')");
    await axe(page, "a proposal with a fault");
    await page.fill("#rolls", "LD004, LD005");
    await page.click("button:has-text('Mở quy trình bổ nhiệm')");
    await page.click(`${own} button:has-text('In phiếu')`);
    await page.fill("#summoned", "3");
    await page.fill("#excused", "3");
    await page.click("dialog button.primary");
    await page.waitForSelector("dialog [data-field=excused] .error:not([hidden])");
    await page.fill("#excused", "0");
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("dialog button.primary")]);
    slips = execFileSync("pdftotext", ["-layout", await download.path(), "-"], {encoding: "utf8"}).match(CODE);
    same(new Set(slips).size, 3, "a slip for each");
    await page.click(`${own} button:has-text('Mở bỏ phiếu')`);
    await page.waitForSelector(`${own} .tag:has-text('đang bỏ phiếu')`);
    check((await page.textContent(own)).includes("người khác phải đóng"), "who printed does not count");
    await screens(page, "ballot-open");
  }));
  await step("a voter at a phone ticks one name, is asked once more, and keeps a receipt; the slip serves once", async () => {
    const phone = await computer({viewport: {width: 360, height: 740}, hasTouch: true}), page = await phone.newPage();
    const look = async (slip) => {
      await page.goto("/bo-phieu");
      await page.fill("#slip", slip);
      await page.click("button:has-text('Mở phiếu')");
    };
    await look("0000-0000-0000-0000");
    await page.waitForSelector(".banner.warn");
    await axe(page, "a slip that is none");
    for (const [nth, slip] of slips.entries()) {
      await look(slip.toLowerCase().replaceAll("-", " "));
      await page.waitForSelector("fieldset");
      if (nth === 0) {
        await page.click("button:has-text('Bỏ phiếu')");
        await page.waitForSelector(".banner.warn:has-text('Hãy chọn')");
        await axe(page, "a ballot paper");
        for (const width of [360, 1366]) {
          await page.setViewportSize({width, height: 740});
          const lines = await page.locator("label.choice").evaluateAll((all) => all.map((one) => ({box: one.getBoundingClientRect(), tick: one.querySelector("input").getBoundingClientRect(), name: one.querySelector("span").getBoundingClientRect()})));
          for (const [i, {box, tick, name}] of lines.entries()) {
            check(box.height >= 44 && (i === 0 || box.top >= lines[i - 1].box.bottom), `a line for each name at ${width} px`);
            check(tick.right <= name.left && Math.abs(tick.top + tick.height / 2 - name.top - name.height / 2) <= 2, `the circle stands before its name at ${width} px`);
          }
        }
        await page.setViewportSize({width: 360, height: 740});
        await screens(page, "ballot-paper");
      }
      await page.click(nth === 2 ? "label.choice:has-text('Không chọn ai')" : "label.choice >> nth=0");
      await page.click("form button.primary:has-text('Bỏ phiếu')");
      await page.click("dialog button.primary");
      await page.waitForSelector(".banner.ok");
      if (nth === 0) {
        receipt = (await page.textContent("p.blind")).trim();
        await axe(page, "a receipt");
        await screens(page, "ballot-receipt");
      }
    }
    await look(slips[0]);
    await page.waitForSelector(".banner.ok:has-text('đã được sử dụng')");
    same(phone.pageErrors, [], "script errors");
    await phone.close();
  });
  await step("another officer counts: more papers than persons are refused, and the rule says who goes on", () => withOfficer("hr_officer", 1, async (page) => {
    await ballots(page);
    await page.click(`${own} button:has-text('Đóng và kiểm phiếu')`);
    await page.fill("#present", "2");
    await page.click("dialog button.primary");
    await page.waitForSelector("dialog .banner.warn");
    await axe(page, "a count that cannot be");
    await page.fill("#present", "3");
    await page.click("dialog button.primary");
    await page.waitForSelector(`${own} tr.selected:has-text('LD004')`);
    check((await page.textContent(own)).includes("trên tỷ lệ"), "the outcome in words");
    await screens(page, "ballot-counted");
  }));
  await step("everybody finds her receipt among those of the closed ballot, and a wrong one is not there", async () => {
    const visitor = await computer(), desk = await visitor.newPage();
    await withOfficer("hr_officer", 1, async (page) => {
      await ballots(page);
      await desk.goto(await page.getAttribute(`${own} a:has-text('biên nhận')`, "href"));
    });
    await desk.fill("#receipt", receipt);
    await desk.keyboard.press("Enter");
    await desk.waitForSelector("[role=status]:has-text('có trong danh sách')");
    await desk.fill("#receipt", "AAAA-AAAA-AAAA-AAAA");
    await desk.keyboard.press("Enter");
    await desk.waitForSelector("[role=status]:has-text('Không có')");
    await axe(desk, "receipts");
    await screens(desk, "ballot-receipts");
    await visitor.close();
  });
}
