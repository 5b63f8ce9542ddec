// From a candidate's appeal to the signed decision on the screens alone: lodged, marked again by two who never saw the script, proposed,
// signed by the chair after a look at the list as it would be. Follows the journey of results, whose list it is about.

import {execFileSync} from "node:child_process";
import {computer, step, check, same, officer, logins, signInCandidate, speak, sql, axe, screens} from "./harness.mjs";
import {withOfficer, reasonDialog} from "./officer.mjs";
import {markAll} from "./results.mjs";

const CYCLE = "DUNG-THU";
const open = (page, address) => page.goto("about:blank").then(() => page.goto(address));

async function toAppeal(page) {
  await open(page, `/can-bo/#/cycles/${CYCLE}/appeals`);
  await page.click("a:has-text('PK-0001')");
  await page.waitForSelector("h1:has-text('PK-0001')");
}

/** The text of a file that a link gives. */
async function downloaded(page, link) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(link)]);
  return execFileSync("pdftotext", ["-layout", await download.path(), "-"], {encoding: "utf8"});
}

export default async function () {
  const home = await computer(), page = await home.newPage(), me = logins().candidates[3];
  const toMarks = async () => {
    await signInCandidate(page, me);
    await page.click("button:has-text('Xem điểm và phúc khảo')");
    await page.waitForSelector("h1:has-text('Điểm và phúc khảo')");
  };
  await step("after the last day an appeal is refused with the article and its document, in both languages, and no form is offered", async () => {
    const published = sql(`SELECT l.published_at FROM release l JOIN cycle c USING (cycle_id) WHERE c.code = '${CYCLE}' AND l.version = 1`);
    const publish = (at) => sql(`SET session_replication_role = replica; UPDATE release SET published_at = ${at} WHERE version = 1 AND cycle_id = (SELECT cycle_id FROM cycle WHERE code = '${CYCLE}')`);
    await toMarks();
    await page.fill("#reason-written", "Ý cuối của bài viết chưa được tính điểm");
    publish("now() - interval '16 days'");
    await page.click("button:has-text('Nộp đơn')");
    await page.waitForSelector("[data-field=reason-written] .error:has-text('Hạn nộp đơn phúc khảo đã hết. Căn cứ: Điều 16, Nghị định 170/2025/NĐ-CP')");
    await axe(page, "a late appeal");
    await screens(page, "appeal-late");
    await speak(page, "en", "button:has-text('See marks and appeals')");
    await page.click("button:has-text('See marks and appeals')");
    await page.waitForSelector("main:has-text('By: Article 16, Nghị định 170/2025/NĐ-CP')");
    check(await page.locator("#reason-written").count() === 0, "no form");
    await screens(page, "appeal-over-en");
    await speak(page, "vi", "button:has-text('Xem điểm và phúc khảo')");
    publish(`'${published}'`);
  });
  await step("after the publication she sees her own marks, and appeals with a reason; the receipt has a number", async () => {
    await page.click("button:has-text('Xem điểm và phúc khảo')");
    await page.waitForSelector("h1:has-text('Điểm và phúc khảo')");
    const shown = await page.textContent("main");
    check(shown.includes("35,5") && shown.includes("Lượt chấm 2"), "her marks are there");
    check(shown.includes("không phúc khảo. Căn cứ: Điều 16, Nghị định 170/2025/NĐ-CP"), "a part that is not marked again says by which article of which document");
    await axe(page, "her marks");
    await screens(page, "appeal-own");
    await page.fill("#reason-written", "ngắn");
    await page.click("button:has-text('Nộp đơn')");
    await page.waitForSelector("[data-field=reason-written] .error:not([hidden])");
    await axe(page, "an appeal without a reason");
    await page.fill("#reason-written", "Ý thứ hai của bài viết đã nêu đủ căn cứ mà chưa được tính điểm");
    await page.click("button:has-text('Nộp đơn')");
    await page.waitForSelector(".banner.ok:has-text('PK-0001')");
    await screens(page, "appeal-lodged");
  });
  await step("an officer accepts it with a reason that is long enough; the first marks stay covered", () => withOfficer("hr_officer", 0, async (desk) => {
    await open(desk, `/can-bo/#/cycles/${CYCLE}/appeals`);
    await desk.waitForSelector("a:has-text('PK-0001')");
    await axe(desk, "appeals of a cycle");
    await screens(desk, "appeals");
    await toAppeal(desk);
    await desk.click("button:has-text('Nhận chấm phúc khảo')");
    await reasonDialog(desk, "ngắn");
    await desk.waitForSelector("dialog .error:not([hidden])");
    await axe(desk, "a dialog with a fault");
    await reasonDialog(desk, "Đơn đúng hạn và đúng phần được phúc khảo");
    await desk.waitForSelector("main:has-text('Đã chấm xong 0 trên 2 lượt')");
    check(!(await desk.textContent("main")).includes("35,5"), "no first mark");
    await screens(desk, "appeal-marking");
  }));
  await step("the head of the board sees who has it, by a code, and two who never marked it mark it again", async () => {
    await withOfficer("chief_marker", 0, async (desk) => {
      await open(desk, "/can-bo/#/appeal-words");
      await desk.waitForSelector("tbody tr >> nth=1");
      check(!(await desk.textContent("main")).includes(me.roll), "not whose it is");
      await axe(desk, "re-marks that wait");
      await screens(desk, "appeal-waiting");
    });
    let marked = 0;
    for (let nth = 0; officer("examiner", nth); nth++) await withOfficer("examiner", nth, async (desk) => { marked += await markAll(desk, false, marked === 0 ? "36,5" : "37,5"); });
    same(marked, 2, "re-marks");
  });
  await step("an officer proposes what the rules give, and may not sign it", () => withOfficer("hr_officer", 0, async (desk) => {
    await toAppeal(desk);
    await desk.click("button:has-text('Đề xuất kết luận')");
    await reasonDialog(desk, "Hai người chấm lại đều tính điểm ý thứ hai");
    await desk.waitForSelector("main:has-text('Thay đổi điểm từ 35,50 thành 37,00')", {timeout: 30000});
    check(await desk.locator("button:has-text('Ký kết luận')").count() === 0, "the signature is not offered to who proposed");
    await screens(desk, "appeal-proposed");
  }));
  await step("the chair looks at the list as it would be, and signs", () => withOfficer("council_chair", 0, async (desk) => {
    await toAppeal(desk);
    await desk.waitForSelector("h2:has-text('Tác động lên danh sách')");
    await axe(desk, "a proposal with its effect");
    await screens(desk, "appeal-effect");
    await desk.click("button:has-text('Ký kết luận')");
    await reasonDialog(desk, "Đã xem hai lượt chấm lại và danh sách");
    await desk.waitForSelector("a:has-text('Thư trả lời')");
    check((await downloaded(desk, "a:has-text('Thư trả lời')")).includes("PK-0001"), "the letter has its number");
  }));
  await step("she reads the answer: the mark before and after, and a letter", async () => {
    await page.reload();
    await page.click("button:has-text('Xem điểm và phúc khảo')");
    await page.waitForSelector("main:has-text('Trước 35,50, sau 37,00')");
    await axe(page, "her answer");
    await screens(page, "appeal-answer");
    const letter = await downloaded(page, "a:has-text('Tải thư trả lời')");
    check(letter.includes("37,00") && letter.includes("ANSWER TO AN APPEAL"), "the letter, in both languages");
  });
  same(home.pageErrors, [], "script errors");
  await home.close();
}
