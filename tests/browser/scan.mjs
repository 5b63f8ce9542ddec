// Scripts on paper: a bag of sheets is printed, its counterfoils registered, the scans brought in, and the page whose code was torn looked at.

import {execFileSync} from "node:child_process";
import {mkdtempSync, writeFileSync, readFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {computer, step, check, same, officer, signInOfficer, axe, screens} from "./harness.mjs";
import {withOfficer} from "./officer.mjs";

const CYCLE = "GIAY-THU", FOLDER = mkdtempSync(join(tmpdir(), "khoacu-scan-"));

/** A cycle with two candidates, made through the interface as its screens do. */
const makeCycle = (page) => page.evaluate(async (code) => {
  const post = (path, body, type = "application/json") => fetch("/api/v1" + path, {method: "POST", headers: {"Content-Type": type, "X-Khoacu": "1"}, body});
  const answers = [
    await post("/cycles", JSON.stringify({code, title_vi: "Kỳ thi viết trên giấy (minh họa)", title_en: "Written on paper (demonstration)", authority_vi: "Cơ quan minh họa", authority_en: "Demonstration authority", notice: "Thông báo", notice_on: "2026-10-01",
      pack_id: "CC-2026", written_max: "60.00", interview_max: "40.00", demonstration: true})),
    await post(`/imports/posts?cycle=${code}`, "post_code,post_title,agency_code,agency_name,quota\nCV,Chuyên viên,SO,Sở minh họa,1\n", "text/csv"),
    await post(`/imports/candidates?cycle=${code}`, "roll_number,full_name,birth_date,post_code,priority_classes,agency_preferences\nG001,Nguyễn Giấy Một,1999-01-01,CV,,SO\nG002,Trần Giấy Hai,1999-01-02,CV,,SO\n", "text/csv")];
  return answers.map((answer) => answer.status);
}, CYCLE);

/** Page `nth` of the printed sheets as a scanner gives it; `torn`: without its head, where the code is. */
function scan(pdf, nth, torn = false) {
  const name = join(FOLDER, `trang-${nth}`);
  execFileSync("pdftoppm", ["-png", "-singlefile", "-r", "110", "-f", String(nth), "-l", String(nth), ...(torn ? ["-x", "0", "-y", "400", "-W", "910", "-H", "886"] : []), pdf, name]);
  return name + ".png";
}

export default async function () {
  await withOfficer("hr_officer", 0, async (page) => same(await makeCycle(page), [201, 200, 200], "the cycle stands"));
  const context = await computer(), page = await context.newPage();
  let pdf = "", codes = [];
  await step("a script officer makes a bag of sheets and prints it; a code that is none is refused at its field", async () => {
    await signInOfficer(page, officer("script_officer"));
    await page.goto(`/can-bo/#/scans/${CYCLE}`);
    await page.waitForFunction((code) => document.querySelector("#scan-cycle")?.value === code, CYCLE);
    await page.fill("#code", "túi một");
    await page.fill("#sheets", "4");
    await page.click("button:has-text('Tạo túi')");
    await page.waitForSelector("[data-field=code] .error:not([hidden])");
    await axe(page, "bags of a cycle");
    await screens(page, "scan-bags");
    await page.fill("#code", "TUI-01");
    await page.click("button:has-text('Tạo túi')");
    await page.waitForSelector("h1:has-text('TUI-01')");
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("button:has-text('Tải bản in')")]);
    pdf = join(FOLDER, "to.pdf");
    writeFileSync(pdf, readFileSync(await download.path()));
    codes = [...new Set(execFileSync("pdftotext", ["-layout", pdf, "-"], {encoding: "utf8"}).match(/\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b/g))];
    same(codes.length, 4, "a code for each sheet");
  });
  await step("counterfoils are registered all or none; the line that is wrong is named", async () => {
    await page.fill("#lines", `G001 ${codes[0]}\nG009 ${codes[1]}\n`);
    await page.click("button:has-text('Ghi sổ') >> nth=-1");
    await page.waitForSelector("td:has-text('không có số báo danh này')");
    await axe(page, "counterfoils with a fault");
    await screens(page, "scan-register");
    await page.fill("#lines", `G001 ${codes[0]}\nG002 ${codes[1]}\n`);
    await page.click("button:has-text('Ghi sổ') >> nth=-1");
    await page.waitForSelector("h2:has-text('Tờ chưa khớp')");
  });
  await step("a page with a code finds its sheet; a torn one and a file that is no picture are told apart", async () => {
    const strange = join(FOLDER, "khong-phai-anh.png");
    writeFileSync(strange, "hello");
    await page.setInputFiles("#scan-files", [scan(pdf, 1), scan(pdf, 2, true), strange]);
    await page.click("button:has-text('Đưa vào')");
    await page.waitForSelector(".scan-aside");
    const said = await page.textContent("main");
    check(said.includes("3 tệp (0 đã có, 1 bị từ chối): 2 trang, 1 trang nhận được tờ, 1 trang chờ xem") && said.includes("khong-phai-anh.png"), "the sums: " + said.slice(0, 300));
    await page.waitForFunction(() => document.querySelector(".scan-picture")?.naturalWidth > 0);
    await axe(page, "a page to look at");
    await screens(page, "scan-aside");
  });
  await step("whoever looks at it turns it, cuts above, and gives it its sheet with a reason", async () => {
    const form = page.locator(".scan-aside form"), button = (text) => form.locator(`button:has-text('${text}')`);
    await button("Gán cho tờ").click();
    await page.waitForSelector(".scan-aside .error:not([hidden])");
    await form.locator("input[type=text] >> nth=0").fill(codes[1]);
    await form.locator("input[type=text] >> nth=1").fill("Cuống phách khớp với nét xé của tờ");
    for (let n = 0; n < 4; n++) await button("Xoay").click();
    await form.locator("input[type=range]").focus();
    for (let n = 0; n < 25; n++) await page.keyboard.press("ArrowLeft");
    await button("Gán cho tờ").click();
    await page.waitForSelector(".scan-aside", {state: "detached"});
    await page.waitForSelector(".tag.ok:has-text('khớp')");
    await screens(page, "scan-tidy");
    await page.click("a:has-text('Bài thi giấy') >> nth=-1");
    await page.waitForSelector("tbody .tag.ok:has-text('khớp')");
  });
  same(context.pageErrors, [], "script errors");
  await context.close();
}
