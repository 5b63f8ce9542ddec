// Every screen at three widths, in both languages, light, dark and high contrast: nothing is cut off, axe finds nothing.
// PICTURES=DIR makes the two pictures of README instead: PICTURES=web/assets tests/browser/run.sh looks

import {computer, step, officer, signInOfficer, signInCandidate, logins, axe, screens} from "./harness.mjs";
import {toPaper} from "./candidate.mjs";

const CYCLE = "CC-2026-MINH-HOA", PICTURES = process.env.PICTURES;
/** The light looks are measured and examined in full. The others differ by their colours alone: so they are examined by what colours can spoil. */
const LOOKS = [["vi", "light"], ["en", "light"], ["vi", "contrast"], ["vi", "dark"]];
/** Who sits in which look: the rooms before a paper are seen once by each. */
const SITTERS = {"vi light": 5, "en light": 6, "vi contrast": 8, "vi dark": 8};
const COLOURS = ["color-contrast", "link-in-text-block"];

/** What a screen must be, in the look of its page. */
async function fits(page, name, theme) {
  if (theme === "light" || process.env.SCREENS) await screens(page, name);
  await axe(page, name, theme === "light" ? null : COLOURS);
}

async function pages(language, theme) {
  const name = (place) => `${place}-${language}-${theme}`;
  const dress = async () => {
    const context = await computer();
    await context.addInitScript(([l, t]) => { localStorage.setItem("khoacu.language", l); localStorage.setItem("khoacu.theme", t); }, [language, theme]);
    return {context, page: await context.newPage()};
  };
  const look = async (page, address, place, ready) => {
    await page.goto("about:blank");
    await page.goto(address);
    await page.waitForSelector(ready);
    await fits(page, name(place), theme);
  };

  const visitor = await dress();
  await step(`public pages, ${language}, ${theme}`, async () => {
    const {page} = visitor;
    await look(page, "/", "home", ".list-card");
    await page.goto(`/#/${CYCLE}`);
    await page.waitForSelector("tr.selected");
    await page.selectOption("#choose-post", {index: 1}); // one post: the whole list is examined by visitor.mjs
    await fits(page, name("list"), theme);
    await page.click(".chart-box:visible summary");
    await fits(page, name("chart"), theme);
    await page.goto("/kiem-tra");
    await page.click("#verify-published");
    await page.waitForSelector(".check-outcome .banner.ok");
    await fits(page, name("verify"), theme);
  });
  await visitor.context.close();

  const candidate = await dress();
  await step(`candidate's pages, ${language}, ${theme}`, async () => {
    const {page} = candidate;
    await look(page, "/thi/", "sign-in", "#roll_number");
    await signInCandidate(page, logins().candidates[SITTERS[`${language} ${theme}`]]);
    await page.waitForSelector("input[name=practice], #question legend, .receipt-code");
    if (await page.locator("input[name=practice]").count()) {
      await fits(page, name("check"), theme);
      await page.click("label.option:has(input[value=a])");
      await page.locator("button.primary").first().click();
      await page.waitForSelector(".countdown");
      await fits(page, name("waiting"), theme);
      await page.locator("button.primary").first().click();
      await page.waitForSelector("#question legend, .receipt-code");
    }
    await fits(page, name("paper"), theme);
    if (await page.locator("#question legend").count()) {
      await page.click(".side button.primary");
      await fits(page, name("review"), theme);
      await page.keyboard.press("Escape");
      await page.setViewportSize({width: 360, height: 740});
      await page.click(".move .open-palette");
      await fits(page, name("palette"), theme);
    }
  });
  await candidate.context.close();

  const office = await dress();
  await step(`officers' pages, ${language}, ${theme}`, async () => {
    const {page} = office;
    await signInOfficer(page, officer("hr_officer"));
    await look(page, "/can-bo/#/cycles", "cycles", "tbody tr");
    await look(page, `/can-bo/#/cycles/${CYCLE}`, "cycle", ".next-step");
    await page.click("a[href^='#/runs/']");
    await page.locator(".split tbody th button").first().click();
    await page.waitForSelector("aside .derivation li");
    await fits(page, name("run"), theme);
    await look(page, `/can-bo/#/import/candidates/${CYCLE}`, "import", "#file");
  });
  await office.context.close();

  const desk = await dress();
  await step(`examiner's pages, ${language}, ${theme}`, async () => {
    await signInOfficer(desk.page, officer("examiner"));
    await look(desk.page, "/can-bo/#/marking", "marking", ".mark-entry .progress-line, main .empty");
  });
  await desk.context.close();
}

/** The paper and the list, at two thirds of their size. */
async function pictures() {
  const context = await computer({viewport: {width: 1140, height: 720}, deviceScaleFactor: 2 / 3}), page = await context.newPage();
  await page.goto(`/#/${CYCLE}`);
  await page.waitForSelector("tr.selected");
  await page.screenshot({path: PICTURES + "/list.png"});
  await signInCandidate(page, logins().candidates[5]);
  await page.waitForSelector("input[name=practice], #question legend");
  if (await page.locator("input[name=practice]").count()) await toPaper(page);
  for (const option of [0, 2, 1]) {
    await page.locator("label.option").nth(option).click();
    await page.click("button:has-text('Câu tiếp')");
  }
  await page.waitForSelector(".save-state.saved");
  await page.screenshot({path: PICTURES + "/paper.png"});
  await context.close();
}

export default async function () {
  if (PICTURES) return step("the pictures of README are made", pictures);
  for (const [language, theme] of LOOKS) await pages(language, theme);
}
