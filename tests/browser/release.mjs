// After a release, on the screens alone: a winner is struck off by two persons, the next-ranked follows in a new version, which is
// published at a time that was set; the public page before and after it; letters on paper, by mail, and one that comes back.

import {computer, step, check, same, until, officer, axe, screens, sql} from "./harness.mjs";
import {withOfficer} from "./officer.mjs";
import {signDialog} from "./results.mjs";
import {postOffice} from "./post.mjs";

const CYCLE = "CC-2026-MINH-HOA", PORT = Number(process.env.KHOACU_SMTP_PORT), WAIT_MIN = 10;
const open = (page, address) => page.goto("about:blank").then(() => page.goto(address));
const readJson = (page, path) => page.evaluate(async (at) => (await fetch("/api/v1" + at, {headers: {"X-Khoacu": "1"}})).json(), path);

/** Addresses come with the candidates' file, which HTTP scenarios import; here they are put straight in. */
const putAddresses = (rows) => sql(rows.map(([roll, email]) => `UPDATE candidate SET email = '${email}' WHERE roll_number = '${roll}';`).join("\n"));
/** As if so much time had passed for what was set for a later time. */
const passTime = (minutes) => sql(`BEGIN; SET LOCAL session_replication_role = replica; UPDATE release_schedule SET set_at = set_at - interval '${minutes} min', publish_at = publish_at - interval '${minutes} min'; COMMIT;`);

/** A report of delivery (RFC 3464) on a mail that was taken. */
const bounce = (mail) => ["From: MAILER-DAEMON@post.example", `To: ${mail.from}`, "Message-ID: <tra-1@post.example>", "Content-Type: multipart/report; report-type=delivery-status; boundary=b", "", "--b", "Content-Type: message/delivery-status", "",
  "Reporting-MTA: dns; post.example", "", `Final-Recipient: rfc822; ${mail.to}`, "Action: failed", "Status: 5.2.2", "Diagnostic-Code: smtp; 552 5.2.2 Mailbox full", "", "--b--", ""].join("\r\n");

export default async function () {
  let winner, substitute, run, version;

  await step("the officer sees the terms, and that one whose term runs is not struck off for it; she proposes with ground and reason", () => withOfficer("hr_officer", 0, async (page) => {
    await open(page, `/can-bo/#/cycles/${CYCLE}/after`);
    await page.waitForSelector("dl.facts dd >> nth=4");
    await page.waitForSelector("tbody tr button:has-text('Đề nghị hủy kết quả')");
    await screens(page, "after");
    await axe(page, "after the release");
    // Somebody of a post where others passed without a place, so that one can follow.
    const list = await readJson(page, `/releases/${CYCLE}`);
    version = list.version;
    const post = list.posts.find((p) => p.rows.some((r) => r.outcome === "selected") && p.rows.some((r) => r.outcome === "not_selected"));
    winner = post.rows.find((r) => r.outcome === "selected").roll_number;
    const row = page.locator("tbody tr", {hasText: winner});
    for (let turn = 0; turn < 5 && !(await row.count()); turn++) {
      const here = await page.textContent(".pager [role=status]");
      await page.click(".pager button:has-text('Trang sau')");
      await until(async () => (await page.textContent(".pager [role=status]")) !== here, "the next page");
    }
    await row.locator("button").focus();
    await page.keyboard.press("Enter");
    await page.selectOption("dialog #ground", "no_file");
    await page.fill("dialog #reason", "Không nộp hồ sơ khi hết hạn");
    await page.click("dialog button.danger");
    await page.waitForSelector("dialog .banner.warn:has-text('chưa hết')");
    await axe(page, "proposal to strike off");
    await page.selectOption("dialog #ground", "gave_up");
    await page.fill("dialog #reason", "Có đơn tự nguyện rút, gửi ngày hôm qua");
    await page.click("dialog button.danger");
    await page.waitForSelector("section:has-text('chờ quyết định')");
    check((await page.textContent("main")).includes("Cần một cán bộ khác quyết định"), "whoever proposes does not decide");
    check(await page.locator(".next-step").count() === 0, "nobody is replaced before the decision");
  }));
  await step("another officer decides, with her own password alone", () => withOfficer("hr_officer", 1, async (page) => {
    await open(page, `/can-bo/#/cycles/${CYCLE}/after`);
    await page.click("section button.danger:has-text('Hủy kết quả')");
    await page.fill("dialog textarea", "Đã xem đơn và giấy tờ");
    await page.fill("dialog input[type=password]", "không phải mật khẩu");
    await page.click("dialog button.danger");
    await page.waitForSelector("dialog .invalid #password");
    await axe(page, "decision on a strike");
    await page.fill("dialog input[type=password]", officer("hr_officer", 1).password);
    await page.click("dialog button.danger");
    await page.waitForSelector("section:has-text('đã hủy kết quả')");
    await page.waitForSelector(".next-step");
    await screens(page, "after-decided");
  }));
  await step("the substitution is computed: all others keep their places, the next-ranked is taken, and the row says why", () => withOfficer("hr_officer", 0, async (page) => {
    await open(page, `/can-bo/#/cycles/${CYCLE}/after`);
    await page.click(".next-step button.primary");
    await page.fill("dialog #cause", `Hủy kết quả trúng tuyển của ${winner}: tự xin rút`);
    await page.click("dialog button.primary");
    await page.waitForURL(/#\/runs\/[0-9a-f]+$/);
    run = page.url().match(/#\/runs\/([0-9a-f]+)$/)[1];
    await page.waitForSelector(".split tbody tr");
    await page.selectOption("#outcome", "withdrawn");
    await until(async () => (await page.locator(".split tbody tr").count()) === 1 && (await page.textContent(".split tbody tr")).includes(winner), "she has lost her place");
    const taken = (await readJson(page, `/runs/${run}/decisions?outcome=selected&limit=200`)).items.filter((r) => r.reason !== "seat_kept");
    same(taken.length, 1, "one is taken in her stead");
    substitute = taken[0].roll_number;
  }));
  await step("rows of the list are ordered by their heads, filtered by the reason, and opened from row to row by the keyboard", () => withOfficer("hr_officer", 0, async (page) => {
    await open(page, `/can-bo/#/runs/${run}`);
    await page.waitForSelector("tbody tr");
    const cells = (nth) => page.locator(`tbody tr td:nth-of-type(${nth})`).allTextContents();
    await page.click("button.sort[data-sort=total]");
    await page.waitForSelector("th[aria-sort=descending] button.sort[data-sort=total]");
    const totals = (await cells(6)).filter((text) => text !== "–").map((text) => Number(text.replace(",", ".")));
    check(totals.length > 3 && totals.every((total, i) => i === 0 || total <= totals[i - 1]), "the highest total stands first: " + totals.slice(0, 5));
    check(await page.evaluate(() => document.activeElement.dataset.sort) === "total", "the focus stays at the head");
    await page.keyboard.press("Enter");
    await page.waitForSelector("th[aria-sort=ascending] button.sort[data-sort=total]");
    await page.click("button.sort[data-sort=list]");
    await page.waitForSelector("th[aria-sort=ascending] button.sort[data-sort=list]");
    await page.locator("tbody tr th button").first().focus();
    await page.keyboard.press("Enter");
    const first = await page.textContent("aside h2");
    await page.keyboard.press("ArrowDown");
    await until(async () => (await page.textContent("aside h2")) !== first, "the next row is opened by the arrow key");
    check(await page.locator("aside .derivation li").count() >= 2, "with its steps");
    await page.selectOption("#filter-reason", "gate");
    await until(async () => (await cells(7)).every((text) => text === "Không đạtKhông đạt điều kiện điểm"), "one reason alone");
    await axe(page, "list filtered by the reason");
    await screens(page, "run");
  }));
  await step("the quality page is looked at, the list frozen and signed by the first officer", () => withOfficer("hr_officer", 0, async (page) => {
    await open(page, `/can-bo/#/runs/${run}/quality`);
    await page.click("button.primary:has-text('Tính báo cáo')");
    await page.waitForSelector("h2:has-text('Phân bố điểm')");
    await open(page, `/can-bo/#/runs/${run}`);
    await page.click(".signatures button:has-text('Chốt danh sách')");
    await page.fill("dialog textarea", "Đã xem trang chất lượng");
    await page.click("dialog button.primary");
    await page.click(".signatures button:has-text('Ký danh sách')");
    await signDialog(page, "Đã đối chiếu với quyết định hủy kết quả", officer("hr_officer", 0).password);
    await page.waitForSelector(".signatures .tag.ok >> nth=1");
  }));

  const visitor = await computer({acceptDownloads: true}), list = await visitor.newPage();
  await step("the second officer signs and sets a time; a time that is over is refused at its field; the public sees the version before until then", () => withOfficer("hr_officer", 1, async (page) => {
    await open(page, `/can-bo/#/runs/${run}`);
    await page.click(".signatures button.primary:has-text('Ký danh sách')");
    await signDialog(page, "Đã kiểm tra danh sách", officer("hr_officer", 1).password);
    await page.click(".signatures button:has-text('Đặt giờ công bố')");
    await page.fill("dialog #publish_at", "2020-01-01T08:00");
    await page.click("dialog button.primary");
    await page.waitForSelector("dialog .invalid #publish_at");
    await axe(page, "time of the release");
    const at = new Date(Date.now() + WAIT_MIN * 60000 + 7 * 3600000).toISOString().slice(0, 19);
    await page.fill("dialog #publish_at", at);
    await page.click("dialog button.primary");
    await page.waitForSelector(".signatures .tag.warn:has-text('chờ đến giờ')");
    await open(list, `/#/${CYCLE}`);
    await list.waitForSelector("tr.selected");
    check(await list.locator(`tr.selected#row-${winner}`).count() === 1 && await list.locator(`tr.selected#row-${substitute}`).count() === 0, "nothing is public before its time");
    await screens(page, "release-scheduled");
  }));
  await step("when the time has come the page has the new version, what it changed, and the way back to the one before", async () => {
    passTime(WAIT_MIN);
    await until(async () => (await readJson(list, `/releases/${CYCLE}`)).version === version + 1, "it is published by itself");
    await open(list, `/#/${CYCLE}`);
    await list.waitForSelector(`tr.selected#row-${substitute}`);
    check((await list.textContent("main")).includes(`Hủy kết quả trúng tuyển của ${winner}`), "with its cause");
    check(!(await list.locator(`tr.selected#row-${winner}`).count()), "who was struck off has no place");
    await axe(list, "second version");
    await screens(list, "list-version");
    await open(list, `/#/${CYCLE}/${version}`);
    await list.waitForSelector(`.banner.warn a[href="#/${CYCLE}"]`);
    await list.waitForSelector(`tr.selected#row-${winner}`);
  });

  const office = await postOffice(PORT, "khong-co");
  const people = [[substitute, "thay.the@thu.example"], [winner, "khong-co@thu.example"]];
  await step("letters: a file to print for all, one mail for each address, and what the mail server refuses stands beside its printed letter", () => withOfficer("hr_officer", 0, async (page) => {
    putAddresses(people);
    await open(page, `/can-bo/#/runs/${run}/letters`);
    await page.waitForSelector("a.button[href*='letters.pdf']");
    const pdf = await page.evaluate(async (at) => { const r = await fetch(at); return [r.status, r.headers.get("Content-Type"), (await r.arrayBuffer()).byteLength]; }, `/api/v1/runs/${run}/letters.pdf?part=1&lang=vi`);
    check(pdf[0] === 200 && pdf[1] === "application/pdf" && pdf[2] > 20000, `letters as PDF: ${pdf}`);
    await page.click("button.primary:has-text('Gửi 2 thư')");
    await page.waitForSelector("td:has-text('máy chủ thư từ chối')");
    same(office.mails.map((mail) => mail.to), ["thay.the@thu.example"]);
    check(/^tra\+[0-9a-f]{16}\.1@/.test(office.mails[0].from), "with a return address of its own: " + office.mails[0].from);
    check(await page.locator(`tr:has-text('${winner}') a[href*='/letters/${winner}']`).count() === 1, "her letter can be printed");
    check((await page.textContent("main")).includes("Chỉ người chưa nhận thư điện tử"), "and those of all whom no mail has reached");
    await axe(page, "letters");
  }));
  await step("a letter that comes back later is brought in as a file, stands as returned with the words of the mail server, and goes out again when the officer says so", () => withOfficer("hr_officer", 0, async (page) => {
    await open(page, `/can-bo/#/runs/${run}/letters`);
    await page.click("button:has-text('Nhận báo cáo')");
    await page.waitForSelector(".invalid #reports");
    await page.setInputFiles("#reports", [{name: "tra.eml", mimeType: "message/rfc822", buffer: Buffer.from(bounce(office.mails[0]))}, {name: "vang.eml", mimeType: "message/rfc822", buffer: Buffer.from("From: a@b.example\r\nSubject: away\r\n\r\nI am away.\r\n")}]);
    await page.click("button:has-text('Nhận báo cáo')");
    await page.waitForSelector(`td:has-text('bị trả lại')`);
    const text = await page.textContent("main");
    check(text.includes("5.2.2 552 5.2.2 Mailbox full") && text.includes("không phải báo cáo giao thư"), "each report with its outcome");
    await axe(page, "letters that came back");
    await screens(page, "letters");
    await page.click("button:has-text('Gửi lại 2 thư')");
    await until(() => office.mails.length === 2, "it goes out again");
    check(/\.2@/.test(office.mails[1].from) && office.mails[1].to === "thay.the@thu.example", "as the second attempt: " + office.mails[1].from);
    await until(async () => (await readJson(page, `/runs/${run}/letters-mail`)).sent === 1, "and stands as sent");
  }));
  await office.close();
  await step("who was taken instead finds her place, its steps and her letter with number and date of birth", async () => {
    let birth;
    await withOfficer("hr_officer", 0, async (page) => { birth = (await readJson(page, `/cycles/${CYCLE}/candidates?limit=5&q=${substitute}`)).items.find((c) => c.roll_number === substitute).birth_date; });
    await open(list, `/#/${CYCLE}`);
    await list.fill("#roll_number", substitute);
    await list.fill("#birth_date", birth.split("-").reverse().join("/"));
    await list.click("form:has(#roll_number) button.primary");
    await list.waitForSelector("form:has(#roll_number) .banner.ok .derivation li >> nth=3");
    const [file] = await Promise.all([list.waitForEvent("download"), list.click("form:has(#roll_number) button:has-text('PDF')")]);
    check(file.suggestedFilename() === `${CYCLE}-${substitute}.pdf`, file.suggestedFilename());
    await screens(list, "lookup");
    await axe(list, "look-up");
  });
  await step("no script of a page failed", async () => same(visitor.pageErrors, []));
  await visitor.close();
}
