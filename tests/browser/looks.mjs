// Every screen at three widths, in both languages, light and high contrast: nothing is cut off, axe finds nothing.

import {computer, step, officer, signInOfficer, signInCandidate, logins, axe, screens} from "./harness.mjs";
import {toPaper} from "./candidate.mjs";

const CYCLE = "CC-2026-MINH-HOA";
const settle = (page) => page.waitForLoadState("networkidle");

async function look(page, address, name, ready) {
  await page.goto("about:blank");
  await page.goto(address);
  await page.waitForSelector(ready);
  await settle(page);
  await screens(page, name);
  await axe(page, name);
}

export default async function () {
  for (const language of ["vi", "en"]) {
    for (const theme of language === "vi" ? ["light", "contrast", "dark"] : ["light"]) {
      const name = (place) => `${place}-${language}-${theme}`;
      const dress = async () => {
        const context = await computer();
        await context.addInitScript(([l, t]) => { localStorage.setItem("khoacu.language", l); localStorage.setItem("khoacu.theme", t); }, [language, theme]);
        return context;
      };
      const visitor = await dress(), public_page = await visitor.newPage();
      await step(`public pages, ${language}, ${theme}`, async () => {
        await look(public_page, "/", name("home"), ".list-card");
        await look(public_page, `/#/${CYCLE}`, name("list"), "tr.selected");
        await public_page.click(".chart-box summary >> nth=0");
        await screens(public_page, name("chart"));
        await public_page.goto("/kiem-tra");
        await public_page.click("#verify-published");
        await public_page.waitForSelector(".check-outcome .banner.ok");
        await screens(public_page, name("verify"));
        await axe(public_page, name("verify"));
      });
      await visitor.close();

      const candidate = await dress(), paper = await candidate.newPage();
      await step(`candidate's pages, ${language}, ${theme}`, async () => {
        await look(paper, "/thi/", name("sign-in"), "#roll_number");
        await signInCandidate(paper, logins().candidates[5]);
        await paper.waitForSelector("input[name=practice], #question legend, .receipt-code");
        if (await paper.locator("input[name=practice]").count()) {
          await screens(paper, name("check"));
          await axe(paper, name("check"));
          await paper.click("label.option:has(input[value=a])");
          await paper.locator("button.primary").first().click();
          await paper.waitForSelector(".countdown");
          await screens(paper, name("waiting"));
          await axe(paper, name("waiting"));
          await paper.locator("button.primary").first().click();
          await paper.waitForSelector("#question legend, .receipt-code");
        }
        await screens(paper, name("paper"));
        await axe(paper, name("paper"));
      });
      await candidate.close();

      const desk = await dress(), office = await desk.newPage();
      await step(`officers' pages, ${language}, ${theme}`, async () => {
        await signInOfficer(office, officer("hr_officer"));
        await look(office, "/can-bo/#/cycles", name("cycles"), "tbody tr");
        await look(office, `/can-bo/#/cycles/${CYCLE}`, name("cycle"), ".next-step");
        await office.click("a[href^='#/runs/']");
        await office.waitForSelector("tbody tr");
        await office.locator("tbody button").first().click();
        await screens(office, name("run"));
        await axe(office, name("run"));
        await look(office, `/can-bo/#/import/candidates/${CYCLE}`, name("import"), "#file");
      });
      await desk.close();

      const hall = await dress(), marks = await hall.newPage();
      await step(`examiner's pages, ${language}, ${theme}`, async () => {
        await signInOfficer(marks, officer("examiner"));
        await look(marks, "/can-bo/#/marking", name("marking"), "h1");
      });
      await hall.close();
    }
  }
}
