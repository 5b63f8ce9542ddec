// HR officers, examiners and invigilators lead the trial cycle to a published list.

import {readFileSync, writeFileSync, mkdtempSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {computer, step, check, same, until, officer, signInOfficer, logins, signInCandidate, overtaken, axe, screens} from "./harness.mjs";
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
    const key = rightOption(await page.textContent("#question legend"));
    check(key, "the item is one of the demonstration's");
    const texts = await page.locator("label.option .text").allTextContents(); // one may contain another: which of them comes first, the shuffle says
    await page.locator("label.option").nth(texts.findIndex((text) => (text.replace(/\s+/g, " ").trim() === key) === n < right)).click();
    if (n % 10 === 9) await saved(page); // the server may be slower than this hand
    if (n < 59) await page.click("button:has-text('Câu tiếp')");
  }
  await saved(page);
  await page.click(".side button.primary");
  await page.click("dialog button.danger");
  await page.click("dialog button.primary");
  await page.waitForSelector(".receipt-code");
  await context.close();
}

/** What an administrator does with an account, and what its owner then can do. */
async function accounts() {
  const NAME = "an.thu.tai.khoan", name = "Ân Thử Tài Khoản";
  const her = await computer(), tab = await her.newPage();
  const signIn = async (password, shows) => {
    await tab.goto("/can-bo/");
    await tab.fill("#login_name", NAME);
    await tab.fill("#password", password);
    await tab.click("button[type=submit]");
    await tab.waitForSelector(shows);
  };
  await withOfficer("administrator", 0, async (page) => {
    const file = join(mkdtempSync(join(tmpdir(), "khoacu-")), "o.csv"), act = (words) => page.click(`button[aria-label="${words} ${name}"]`);
    writeFileSync(file, `login_name,full_name,unit,roles\n${NAME},${name},Phòng Thử,inspector\n`); // one examiner more might be drawn to mark in the trial
    await page.goto("/can-bo/#/staff");
    await page.click("a[href='#/import/officers']");
    await page.setInputFiles("#file", file);
    await page.click("button:has-text('Kiểm tra thử')");
    await page.click("button:has-text('Nhập thật'):enabled");
    const first = await page.textContent(`tr:has-text('${NAME}') td`);
    await signIn(first, "a[href='#/audit']");

    await page.goto("/can-bo/#/staff");
    await page.waitForSelector(`tr:has-text('${NAME}') button`); // the page before names her too
    check(await page.locator(`tr:has-text('${officer("administrator").name}') button`).count() === 0, "nobody acts on her own account");
    await axe(page, "accounts");
    await screens(page, "accounts");
    await page.evaluate(() => { document.querySelector("tbody tr").dataset.before = ""; });
    await act("Đặt lại mật khẩu của");
    await page.click("dialog button.primary");
    await page.waitForSelector(".toasts:has-text('lý do')");
    await page.waitForTimeout(300);
    check(await page.locator("tbody tr[data-before]").count() === 1, "where nothing was done, the list stays as it is under the hand");
    await act("Đặt lại mật khẩu của");
    await reasonDialog(page, "Quên mật khẩu, đã đối chiếu giấy tờ");
    const made = await page.textContent("dialog dd code");
    await axe(page, "a new password");
    await page.click("dialog button.primary");
    await page.waitForSelector(`tr:has-text('${NAME}'):has-text('chờ đổi mật khẩu')`);
    await signIn(first, ".error-summary");
    await signIn(made, ".banner.warn:has-text('đặt lại')");
    await tab.fill("#old_password", made);
    await tab.fill("#new_password", "một câu dài chỉ riêng mình biết");
    await tab.click("form button.primary");
    await tab.waitForSelector("a[href='#/audit']");

    await page.reload();
    await page.waitForSelector(`tr:has-text('${NAME}'):not(:has-text('chờ đổi mật khẩu'))`);
    await act("Khóa tài khoản của");
    await reasonDialog(page, "Chuyển công tác");
    await page.waitForSelector(`tr:has-text('${NAME}'):has-text('đã khóa')`);
    await tab.reload();
    await tab.waitForSelector("#login_name");
    await signIn("một câu dài chỉ riêng mình biết", ".error-summary");
    await act("Mở lại tài khoản của");
    await reasonDialog(page, "Trở lại làm việc");
    await page.waitForSelector(`tr:has-text('${NAME}'):has-text('hoạt động')`);
    await signIn("một câu dài chỉ riêng mình biết", "a[href='#/audit']");
  });
  await her.close();
  await withOfficer("inspector", 0, async (page) => {
    for (const [act, reason] of [["password_reset", "Quên mật khẩu, đã đối chiếu giấy tờ"], ["account_disable", "Chuyển công tác"], ["account_enable", "Trở lại làm việc"]]) {
      await page.goto("/can-bo/#/audit");
      await page.selectOption("#act", "identity." + act);
      await page.waitForSelector(`tbody tr:first-child td:last-child:has-text('${reason}')`);
      await page.goto("about:blank");
    }
  });
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
  await step("an authority brings in a rule pack of its own: faults by place and value first, then it stands in the list and in the choice for a new cycle", () => withOfficer("hr_officer", 0, async (page) => {
    const folder = mkdtempSync(join(tmpdir(), "khoacu-")), own = {...JSON.parse(readFileSync("server/cycle/packs/CC-2026.json", "utf8")), id: "TINH-MINH-HOA", version: 1, title: {vi: "Quy tắc của tỉnh (minh họa)", en: "Rules of the province (demonstration)"}};
    const good = join(folder, "good.json"), bad = join(folder, "bad.json");
    writeFileSync(good, JSON.stringify(own));
    writeFileSync(bad, JSON.stringify({...own, valid: {...own.valid, from: "2026-02-30"}, stages: own.stages.map((stage, i) => (i === 1 ? {...stage, components: stage.components.map((c) => ({...c, step: "0,25"}))} : stage))}));
    await page.goto("/can-bo/#/cycles");
    await page.click("a.button[href='#/packs']");
    await page.waitForSelector("#file");
    writeFileSync(join(folder, "long.json"), JSON.stringify({...own, title: {vi: "x".repeat(10_000_000), en: "x"}}));
    await page.setInputFiles("#file", join(folder, "long.json"));
    await page.click("button.primary:has-text('Kiểm tra thử')");
    await page.waitForSelector(".banner.stop:has-text('64 KiB')");
    await page.setInputFiles("#file", bad);
    await page.click("button.primary:has-text('Kiểm tra thử')");
    await page.waitForSelector("main section.card tbody tr");
    const faults = await page.textContent("main section.card");
    for (const text of ["valid.from", '"2026-02-30"', "stages[1].components[0].step", '"0,25"']) check(faults.includes(text), text + " is named: " + faults);
    check(await page.locator("button:has-text('Nhập thật')").isDisabled(), "cannot be stored");
    await axe(page, "faults of a pack");
    await screens(page, "pack-faults");
    await page.setInputFiles("#file", good);
    await page.click("button.primary:has-text('Kiểm tra thử')");
    await page.waitForSelector(".banner.ok:has-text('TINH-MINH-HOA')");
    await page.click("button:has-text('Nhập thật')");
    await page.waitForSelector("tbody tr:has-text('TINH-MINH-HOA')");
    check(!(await page.textContent("tbody tr:has-text('TINH-MINH-HOA')")).includes("Đi kèm chương trình"), "with who brought it in");
    await axe(page, "packs");
    await screens(page, "packs");
    await page.goto("/can-bo/#/cycles/new");
    await page.waitForSelector("#pack_id option >> nth=3", {state: "attached"});
    await page.selectOption("#pack_id", await page.locator("#pack_id option[value^='LEAD-2424/']").first().getAttribute("value"));
    check(await page.inputValue("#written_max") === "100,00" && await page.locator("#written_max").isEditable() === false, "marks that the pack fixes are filled in");
    await page.selectOption("#pack_id", "TINH-MINH-HOA/1");
    check(await page.locator("#written_max").isEditable(), "others are shared out");
    await page.click("button.primary:has-text('Lập kỳ')");
    await page.waitForSelector(".error-summary:has-text('Ngày thông báo: cần điền')");
    await axe(page, "new cycle");
    await screens(page, "new-cycle");
    for (const [name, text] of Object.entries({code: "TINH-2026", title_vi: "Kỳ thi của tỉnh", title_en: "Examination of the province", authority_vi: "Sở Nội vụ", authority_en: "Home affairs", notice_on: "2026-10-01", applications_until: "2026-10-31", notice: "Thông báo"})) await page.fill("#" + name, text);
    await page.click("button.primary:has-text('Lập kỳ')");
    await page.waitForSelector(".next-step"); // the form names the pack too
    await until(async () => (await page.textContent("main")).includes("TINH-MINH-HOA · 1"), "the cycle pins the version");
    await page.goto("/can-bo/#/cycles");
    await page.waitForSelector("tbody tr:has-text('TINH-MINH-HOA · 1')");
  }));
  await step("certificates that stand in for round 1 are imported beside the candidates; one that the pack does not know is named by its line", () => withOfficer("hr_officer", 0, async (page) => {
    const file = join(mkdtempSync(join(tmpdir(), "khoacu-")), "c.csv");
    writeFileSync(file, "roll_number,credential,issued_on,reference\nTS-01,TOEIC,2026-02-30,12/QĐ-BNV\n");
    await page.goto("/can-bo/#/cycles/TINH-2026/candidates");
    await page.waitForSelector("a.button[href='#/import/candidates/TINH-2026']");
    check(await page.locator("a[href^='#/import/credentials']").count() === 0, "where the pack waives nothing, nothing is offered");
    await page.evaluate(async () => {
      const body = {code: "KD-2024", title_vi: "Kỳ thi có kiểm định", title_en: "With accreditation", authority_vi: "Sở Nội vụ", authority_en: "Home affairs", notice: "Thông báo", notice_on: "2026-10-01", applications_until: "2026-10-31", pack_id: "CC-2024", written_max: "60.00", interview_max: "40.00", demonstration: true};
      await fetch("/api/v1/cycles", {method: "POST", headers: {"Content-Type": "application/json", "X-Khoacu": "1"}, body: JSON.stringify(body)});
    });
    await page.goto("/can-bo/#/cycles/KD-2024/candidates");
    await page.click("a.button[href='#/import/credentials/KD-2024']");
    await page.setInputFiles("#file", file);
    await page.click("button.primary:has-text('Kiểm tra thử')");
    await page.waitForSelector("tbody tr:has-text('issued_on')");
    check((await page.textContent("tbody")).includes("credential"), "the unknown certificate is named too");
    await axe(page, "import of certificates");
    await screens(page, "credentials");
    await page.evaluate(async () => {
      const bring = (kind, csv) => fetch(`/api/v1/imports/${kind}?cycle=KD-2024`, {method: "POST", headers: {"Content-Type": "text/csv", "X-Khoacu": "1"}, body: csv}).then(async (answer) => { if (!(await answer.json()).applied) throw new Error(kind); });
      await bring("posts", "post_code,post_title,agency_code,agency_name,quota\nCV-01,Chuyên viên tổng hợp,SNV,Sở Nội vụ,2\n");
      await bring("candidates", "roll_number,full_name,birth_date,post_code,priority_classes,agency_preferences\n" + ["Nguyễn Thị Ánh", "Trần Văn Đức", "Lê Thị Hoà"].map((name, i) => `KD-00${i + 1},${name},2000-01-0${i + 1},CV-01,,SNV\n`).join(""));
      await bring("credentials", "roll_number,credential,issued_on,reference,mark\nKD-001,KD,2025-03-01,12/QĐ-BNV,72\nKD-002,KD,2025-11-02,45/QĐ-BNV,\n");
    });
    await page.goto(`/can-bo/#/cycles/${MAIN}/candidates`);
    await page.waitForSelector("tbody tr");
    await until(async () => /cộng \d,\d\d điểm \(P\d\)/.test(await page.textContent("tbody")), "what a priority class adds is said in words");
    await page.click("summary:has-text('Từng diện ưu tiên')");
    check((await page.textContent("details tbody")).includes("Người dân tộc thiểu số"), "and whom it is for");
    await axe(page, "candidates");
    await screens(page, "candidates");
  }));
  await step("a certificate is taken back by two officers, and the page keeps what was", async () => {
    const dialog = async (page, reason, password) => {
      if (reason) await page.fill("dialog #reason", reason);
      if (password) await page.fill("dialog #password", password);
      await page.keyboard.press("Tab");
      await page.click("dialog button[type=submit]");
    };
    await withOfficer("hr_officer", 0, async (page) => {
      await page.goto("/can-bo/#/cycles/KD-2024/candidates");
      await page.click("a.button[href='#/cycles/KD-2024/credentials']");
      await page.click("tbody tr:has-text('KD-001') button");
      await dialog(page, "", "");
      await page.waitForSelector("dialog .invalid #reason");
      await dialog(page, "ngắn", "");
      await page.waitForSelector("dialog .invalid #reason");
      await dialog(page, "Quyết định số 12/QĐ-BNV đã bị hủy");
      await page.waitForSelector("section.card:has-text('Bạn đã đề nghị')");
      check(await page.locator("section.card button").count() === 0, "who proposed is offered no decision");
      await screens(page, "credential-proposed");
    });
    await withOfficer("hr_officer", 1, async (page) => {
      await page.goto("/can-bo/#/cycles/KD-2024/credentials");
      await page.waitForSelector("section.card button.danger");
      await axe(page, "certificates");
      await screens(page, "credential-decide");
      await page.click("section.card button.danger");
      await dialog(page, "Đã xem văn bản hủy", "không phải mật khẩu");
      await page.waitForSelector("dialog .invalid #password");
      await dialog(page, "", officer("hr_officer", 1).password);
      await page.waitForSelector("tbody tr:has-text('KD-001') .tag.stop");
      check((await page.textContent("tbody tr:has-text('KD-001')")).includes("Quyết định số 12/QĐ-BNV đã bị hủy"), "the reason stays to be read");
      check(await page.locator("tbody tr:has-text('KD-001') button").count() === 0 && await page.locator("tbody tr:has-text('KD-002') button").count() === 1, "only what is in force can be taken back");
      await screens(page, "credential-withdrawn");
      check(!(await page.textContent("main")).match(/\b(credential|column|candidates)\.[a-z_]/), "no catalogue key is shown raw");
    });
  });
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
  await step("a page whose answer is slow is never shown over the one asked for after it", () => withOfficer("hr_officer", 0, async (page) => {
    await overtaken(page, "**/api/v1/cycles/" + MAIN, () => page.click(`a:has-text('${MAIN}')`));
    await page.goto(`/can-bo/#/cycles/${MAIN}`);
    await overtaken(page, "**/api/v1/runs/*/decisions*", () => page.click("a[href^='#/runs/']")); // one that is shown after several answers
  }));
  await step("of two addresses in one moment the second is shown, once: what is typed there at once stays", () => withOfficer("hr_officer", 0, async (page) => {
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.evaluate(() => {
      location.hash = "#/cycles/new";
      setTimeout(() => { location.hash = "#/packs"; });
    });
    await page.waitForSelector("h1:has-text('Bộ quy tắc')");
    same(asked.filter((path) => path === "/api/v1/packs").length, 1, "read once");
  }));
  await step("candidates sit the trial; the live room shows them", async () => {
    await sitAll(logins().candidates[3], 60);
    await sitAll(logins().candidates[4], 29);
    await withOfficer("invigilator", 0, async (page) => {
      await page.goto(`/can-bo/#/cycles/${CYCLE}`);
      await page.click("a[href*='/shifts/']");
      await page.waitForSelector(".halls a"); // the page of the cycle has figures too
      await until(async () => Number(await page.locator(".counts-row .figure").nth(2).textContent()) >= 2, "two have submitted");
      await axe(page, "live");
      const read_at = () => page.textContent(".pager [role=status]"), before = await read_at();
      await page.evaluate(() => { document.querySelector(".halls a").dataset.before = ""; });
      await until(async () => (await read_at()) !== before, "it is read again by itself");
      check(await page.locator(".halls a[data-before]").count() === 1, "a link stays where a hand presses it");
    });
  });
  await step("the invigilator closes the shift with a reason", () => withOfficer("invigilator", 0, async (page) => {
    await page.goto(`/can-bo/#/cycles/${CYCLE}`);
    await page.click("a[href*='/shifts/']");
    await page.click("button.danger:has-text('Đóng ca thi')");
    await reasonDialog(page, "Kết thúc kỳ dùng thử");
    await page.waitForSelector("button.danger:has-text('Đóng ca thi'):disabled"); // the shift is closed, not only everybody done
    await until(async () => Number((await page.locator(".counts-row .figure").nth(1).textContent()) || "1") === 0, "nobody is working any more");
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
  });
  await step("an inspector finds acts by what was done, by whom and when; each is told in words, with its code beside it", () => withOfficer("inspector", 0, async (page) => {
    await page.goto("/can-bo/#/audit");
    await page.waitForSelector("main:has(#act) tbody tr");
    check((await page.locator("tbody tr td:nth-child(2) div").allTextContents()).every((act) => !/^[a-z_]+\.[a-z_]+$/.test(act)), "no act is a code alone");
    await page.selectOption("#act", "result.publish");
    await until(async () => (await page.locator("tbody tr td:nth-child(2)").allTextContents()).every((act) => act === "Công bố danh sáchresult.publish"), "publications alone");
    const rows = await page.locator("tbody tr").count(), who = await page.locator("tbody tr td:nth-child(3)").first().textContent();
    await axe(page, "audit");
    await page.selectOption("#act", "result");
    await until(async () => await page.locator("tbody tr").count() > rows, "every act of the result");
    await page.fill("#actor", who);
    await page.press("#actor", "Enter");
    await until(async () => (await page.locator("tbody tr td:nth-child(3)").allTextContents()).every((name) => name === who), "hers alone");
    await page.fill("#until", "2001-01-01");
    await page.press("#until", "Tab");
    await page.waitForSelector(".empty:has-text('Hãy bớt điều kiện lọc')");
    await page.click("button:has-text('Bỏ lọc')");
    await page.locator("tbody tr th button").first().click();
    await page.click("dialog summary");
    check(JSON.parse(await page.textContent("dialog pre")).t === await page.textContent("dialog code"), "the text that was hashed");
    await axe(page, "an event");
    await screens(page, "audit-event");
  }));
  await step("an administrator brings in an officer, resets her password, disables and enables her; each act has its reason in the trail", accounts);
}
