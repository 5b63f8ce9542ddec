// An invigilator's day in the hall: check-in against photo and document, a hold, an incident, an evacuation, compensation, minutes.

import {computer, step, check, same, until, logins, officer, signInCandidate, signInOfficer, speak, hold, anew, axe, screens, BASE} from "./harness.mjs";
import {toPaper, saved} from "./candidate.mjs";
import {writeFileSync, mkdtempSync} from "node:fs";
import {join} from "node:path";
import {tmpdir} from "node:os";

const CYCLE = "DUNG-THU";

async function tab(role, nth, options) {
  const context = await computer(options);
  const page = await context.newPage();
  await signInOfficer(page, officer(role, nth));
  return {context, page, me: officer(role, nth)};
}
const call = (page, method, path, body) => page.evaluate(async ([m, p, b]) => {
  const answer = await fetch("/api/v1" + p, {method: m, headers: {"X-Khoacu": "1", "Content-Type": "application/json"}, body: b === null ? undefined : JSON.stringify(b)});
  const text = await answer.text();
  return {status: answer.status, data: text && answer.headers.get("Content-Type").includes("json") ? JSON.parse(text) : text};
}, [method, path, body ?? null]);

/** A real picture, drawn by the browser. */
async function portrait(page) {
  const base64 = await page.evaluate(() => {
    const canvas = document.createElement("canvas");
    canvas.width = 240;
    canvas.height = 320;
    const c = canvas.getContext("2d");
    c.fillStyle = "#cdd6e0"; c.fillRect(0, 0, 240, 320);
    c.fillStyle = "#8a5a3c"; c.beginPath(); c.arc(120, 130, 70, 0, 7); c.fill();
    c.fillStyle = "#1d4f91"; c.fillRect(40, 220, 160, 100);
    return canvas.toDataURL("image/jpeg", 0.9).split(",")[1];
  });
  const file = join(mkdtempSync(join(tmpdir(), "khoacu-")), "photo.jpg");
  writeFileSync(file, Buffer.from(base64, "base64"));
  return file;
}

export default async function () {
  const candidate = logins().candidates[9];
  const hr = await tab("hr_officer", 0), first = await tab("invigilator", 0), second = await tab("invigilator", 1);
  const sitter = await computer(), paper = await sitter.newPage();
  let console_url = "", hall = "", seat = null;
  const row = (page) => page.locator(`tr[data-id="${seat.sitting_id}"]`);
  const openSeat = async (page, act) => {
    await row(page).locator("button").click();
    await page.click(`dialog .seat-acts button:has-text("${act}")`);
  };

  await step("HR finds the hall, assigns two invigilators, brings in a photo and a document's number", async () => {
    const {page} = hr;
    await page.goto(`/can-bo/#/cycles/${CYCLE}`);
    await page.click("a[href*='/shifts/']");
    await page.waitForSelector(".halls a");
    await page.locator(".halls a").first().click();
    await page.waitForSelector(".hall-seats tbody tr");
    console_url = new URL(page.url()).hash;
    const [, shift, room] = console_url.match(/shifts\/([0-9a-f]+)\/halls\/(.+)$/);
    hall = `/shifts/${shift}/rooms/${room}`;
    for (const who of [first.me, second.me]) {
      await anew(page, async () => {
        await page.click("button:has-text('Phân công giám thị')");
        await page.fill("#hall-login", who.name);
        await page.click("dialog button[type=submit]");
      });
      check((await call(page, "GET", hall)).data.staff.some((s) => s.login_name === who.name), who.name + " is assigned");
    }
    seat = (await call(page, "GET", hall)).data.seats.find((s) => s.roll_number === candidate.roll);
    check(seat, "the candidate sits in this hall");
    await page.click("summary:has-text('Ảnh và giấy tờ')");
    await page.setInputFiles("#hall-file", await portrait(page));
    await page.fill("#hall-roll", candidate.roll);
    await page.click("details[open] button[type=submit]:has-text('Nạp')");
    await page.waitForSelector(".banner.ok:has-text('Mới: 1')");
    const csv = join(mkdtempSync(join(tmpdir(), "khoacu-")), "so.csv");
    writeFileSync(csv, `số báo danh,số giấy tờ\n${candidate.roll},001099001234\n`);
    await page.setInputFiles("#hall-file", csv);
    await page.fill("#hall-roll", "");
    const sent = await hold(page, "**/identity-files*");
    await page.click("details[open] button[type=submit]:has-text('Nạp')");
    await sent.asked();
    same(await page.locator(".banner.ok:has-text('Mới: 1')").count(), 0, "what was said of the file before is gone");
    check(await page.locator("details[open] button[type=submit]:has-text('Nạp')").isDisabled(), "and this one is not sent twice");
    await sent.release();
    await page.waitForSelector(".banner.ok:has-text('Mới: 1')");
    await axe(page, "the console as HR sees it");
  });

  await step("the console fits every width, in both languages, and axe finds nothing", async () => {
    const {page} = first;
    await page.goto("/can-bo/" + console_url);
    await page.waitForSelector(".hall-seats tbody tr");
    await axe(page, "console");
    await screens(page, "hall-console");
    await speak(page, "en", "h1:has-text('Hall')");
    await page.waitForSelector(".hall-seats tbody tr");
    check(!/\bhall\.[a-z_]+/.test(await page.textContent("main")), "no catalogue key is shown raw");
    await screens(page, "hall-console-en");
    await speak(page, "vi", ".hall-seats tbody tr");
  });

  await step("a wrong number is told and wants a reason; the right one and the photo let her in", async () => {
    const {page} = first;
    await page.fill("#hall-search", candidate.roll);
    await until(async () => (await page.locator(".hall-seats tbody tr").count()) === 1, "one seat is left");
    await openSeat(page, "Kiểm tra vào phòng");
    await page.waitForSelector("img.check-photo");
    await until(() => page.evaluate(() => document.querySelector("img.check-photo").naturalWidth > 0), "the photo is shown");
    await page.fill("#hall-number", "001099009999");
    await page.click("dialog button[type=submit]");
    await page.waitForSelector("dialog .banner.warn:has-text('không khớp')");
    await axe(page, "check-in");
    await screens(page, "hall-check-in");
    await page.fill("#hall-number", "001 099 001 234");
    await page.click("dialog button[type=submit]");
    await until(async () => (await row(page).textContent()).includes("đã kiểm tra"), "checked in");
  });

  await step("the console is live: she opens the paper, answers, and the seat says so without a reload", async () => {
    await signInCandidate(paper, candidate);
    await toPaper(paper);
    await paper.locator("label.option").nth(0).click();
    await saved(paper);
    await until(async () => /Đang làm/.test(await row(first.page).textContent()) && /1 \/ 60/.test(await row(first.page).textContent()), "the seat is live");
    await until(async () => /có kết nối/.test(await row(first.page).textContent()) && /đang ở câu 1/.test(await row(first.page).textContent()), "online, at item 1");
  });

  await step("the clock of one candidate is held: her screen covers the paper and says so; resuming shows it again", async () => {
    const {page} = first;
    await openSeat(page, "Dừng đồng hồ");
    await page.fill("#hall-reason", "thí sinh ra ngoài");
    await page.click("dialog button[type=submit]");
    await paper.waitForSelector("dialog.cover.held");
    check(!(await paper.locator("#question legend").isVisible()), "the paper is covered");
    await page.keyboard.press("Escape");
    await paper.keyboard.press("Escape");
    check(await paper.locator("dialog.cover").isVisible(), "she cannot take the cover away");
    await axe(paper, "cover");
    await until(async () => (await row(page).textContent()).includes("đang dừng"), "the seat says held");
    await openSeat(page, "Cho làm tiếp");
    await page.fill("#hall-reason", "đã trở lại");
    await page.click("dialog button[type=submit]");
    await until(async () => (await paper.locator("dialog.cover").count()) === 0, "uncovered");
    check(await paper.locator("#question legend").isVisible(), "the paper is there again");
  });

  await step("what the console asked for before the hall told it something newer is not shown over that", async () => {
    const {page} = first, [, shift] = hall.match(/shifts\/([0-9a-f]+)/), held = () => row(page).textContent().then((text) => text.includes("đang dừng")), late = await hold(page, "**/api/v1" + hall, {late: true});
    await openSeat(page, "Dừng đồng hồ");
    await page.fill("#hall-reason", "hỏi giám thị");
    await page.click("dialog button[type=submit]");
    await late.asked();
    await until(held, "the seat says held");
    const resumed = await call(second.page, "POST", `/shifts/${shift}/adjustments`, {scope: "sitting", sitting_id: seat.sitting_id, kind: "resume", reason: "đã trả lời xong"});
    check(resumed.status < 300, `another invigilator lets her go on: ${resumed.status}`);
    await until(async () => !(await held()), "the seat says so");
    await late.release();
    await page.waitForTimeout(300);
    check(!(await held()), "it still does");
    await until(async () => (await paper.locator("dialog.cover").count()) === 0, "uncovered");
  });

  await step("an incident with minutes is recorded and given back", async () => {
    const {page} = first;
    await openSeat(page, "Ghi sự việc");
    await page.selectOption("#hall-category", "machine");
    await page.fill("#hall-minutes", "4");
    await page.fill("#hall-words", "Bàn phím hỏng, đã thay");
    await page.check("dialog input[type=checkbox]");
    await axe(page, "incident");
    await page.click("dialog button[type=submit]");
    await until(async () => (await row(page).textContent()).includes("có sự việc"), "the seat is marked");
    const now = (await call(page, "GET", hall)).data.seats.find((s) => s.sitting_id === seat.sitting_id);
    same([now.incidents, now.extra_s], [1, 240]);
  });

  await step("an evacuation stops the whole hall; screens say to leave; resuming and compensating give the time back", async () => {
    const {page} = first;
    await page.click("button:has-text('Sơ tán phòng')");
    await page.fill("#hall-reason", "báo cháy");
    await page.click("dialog button.danger");
    await paper.waitForSelector("dialog.cover.evacuated");
    check((await paper.textContent("dialog.cover")).includes("Rời phòng thi"), "the screen says to leave");
    await screens(paper, "hall-evacuated");
    await page.waitForSelector(".banner.stop:has-text('SƠ TÁN')");
    await page.click(".hall-acts button:has-text('Cho làm tiếp')");
    await page.fill("#hall-reason", "báo động giả");
    await page.click("dialog button[type=submit]");
    await until(async () => (await paper.locator("dialog.cover").count()) === 0, "uncovered");
    await page.click(".hall-acts button:has-text('Bù giờ')");
    await page.fill("#hall-minutes", "3");
    await page.fill("#hall-reason", "ổn định lại phòng");
    await page.click("dialog button[type=submit]");
    await until(async () => (await call(page, "GET", hall)).data.seats.find((s) => s.sitting_id === seat.sitting_id).extra_s === 420, "three minutes more for all");
    await paper.locator("label.option").nth(1).click();
    await saved(paper);
  });

  await step("keyboard alone: arrows go from seat to seat, Enter opens one, problems stand first", async () => {
    const {page} = first;
    await page.fill("#hall-search", "");
    // candidates of other journeys left their computers, which is worse than an incident: they may stand before her
    const seats = () => page.evaluate(() => [...document.querySelectorAll(".hall-seats tbody tr")].map((row) => ({id: row.dataset.id, wrong: row.classList.contains("wrong")})));
    const rows = await seats(), wrong = rows.filter((row) => row.wrong);
    check(wrong.some((row) => row.id === seat.sitting_id), "her seat has a problem");
    same(rows.slice(0, wrong.length).map((row) => row.id), wrong.map((row) => row.id), "no seat without a problem stands before one with");
    await until(async () => {
      await page.locator(".hall-seats tbody button").first().focus();
      const before = await seats();
      await page.keyboard.press("ArrowDown");
      const at = await page.evaluate(() => document.activeElement.closest("tr")?.dataset.id), stood = JSON.stringify(before) === JSON.stringify(await seats());
      check(!stood || at === before[1].id, "the next seat");
      return stood; // a seat that is told of meanwhile may have moved
    }, "from seat to seat");
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog[open]");
    await page.keyboard.press("Escape");
    await until(async () => (await page.locator("dialog").count()) === 0, "closed by Escape");
  });

  await step("minutes: one draws up and confirms, another confirms, the PDF is signed", async () => {
    await first.page.click("button:has-text('Lập biên bản coi thi')");
    await first.page.waitForSelector("#hall-minutes-card a:has-text('bản nháp')");
    await first.page.click("#hall-minutes-card button:has-text('Xác nhận')");
    await until(async () => (await first.page.locator("#hall-minutes-card button:has-text('Xác nhận')").count()) === 0, "she cannot confirm twice");
    await second.page.goto("/can-bo/" + console_url);
    await second.page.click("#hall-minutes-card button:has-text('Xác nhận')");
    await second.page.waitForSelector("#hall-minutes-card a:has-text('chữ ký')");
    const [download] = await Promise.all([second.page.waitForEvent("download"), second.page.click("#hall-minutes-card a:has-text('PDF')")]);
    check(/^incidents-[0-9A-Z-]{19}\.pdf$/.test(download.suggestedFilename()), download.suggestedFilename());
    await axe(second.page, "minutes");
    const code = download.suggestedFilename().slice(10, 29), visitor = await sitter.newPage();
    await visitor.goto("/verify/" + code);
    await visitor.waitForSelector(".banner.ok");
    check((await visitor.textContent("main")).includes("Biên bản coi thi"), "the code says what it is");
    await visitor.close();
  });

  await step("the configuration of Safe Exam Browser is shown with its keys and comes as a file", async () => {
    const {page} = hr;
    await page.goto("/can-bo/" + console_url);
    await page.click("summary:has-text('Safe Exam Browser')");
    await page.waitForSelector("#seb-mode");
    check(/[0-9a-f]{64}/.test(await page.textContent("details.card dl.hash")), "the expected key");
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("button:has-text('Tải tệp .seb')")]);
    check(download.suggestedFilename().endsWith(".seb"), download.suggestedFilename());
    await axe(page, "browser");
  });

  await step("a closed network is enough: no page asked any other place", async () => {
    const outside = [];
    const context = await computer(), page = await context.newPage();
    page.on("request", (request) => { if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== new URL(BASE).origin) outside.push(request.url()); });
    for (const path of ["/", "/thi/", "/can-bo/", "/kiem-tra", "/ket-qua/"]) {
      await page.goto(path);
      await page.waitForSelector("h1");
    }
    await signInOfficer(page, first.me);
    await page.goto("/can-bo/" + console_url);
    await page.waitForSelector(".hall-seats tbody tr");
    same(outside, []);
    await context.close();
  });

  for (const {context} of [hr, first, second, {context: sitter}]) {
    same(context.pageErrors, [], "errors of scripts:");
    await context.close();
  }
}
