// The item bank on the screens alone: an author writes by the keyboard, another person reviews, forms are assembled from a
// blueprint, read as candidates will see them, and sealed by two persons.

import {computer, step, check, same, until, officer, signInOfficer, hold, axe, screens} from "./harness.mjs";

const AUTHOR = 0, SECOND = 1, THIRD = 2;
const CYCLE = "DUNG-THU";
const STEM = "Cơ quan nào ban hành nghị định quy định chi tiết thi hành luật?";
const TOPICS = ["he-thong-chinh-tri", "quan-ly-nha-nuoc", "cong-vu-cong-chuc"];
const made = {};

async function withStaff(nth, body, options) {
  const context = await computer(options), page = await context.newPage();
  await signInOfficer(page, officer("item_officer", nth));
  await body(page, context);
  same(context.pageErrors, [], "script errors");
  await context.close();
}
/** Opens an address of the staff pages anew and waits until it stands. */
async function open(page, address, wait = "h1") {
  await page.goto("about:blank");
  await page.goto("/can-bo/" + address);
  await page.waitForSelector(wait);
  await page.waitForLoadState("networkidle");
}
/** A page: nothing for axe to find, at all widths, in both languages, and no text key in place of a text. */
async function looked(page, name) {
  await screens(page, "bank-" + name);
  await axe(page, name);
  const raw = await page.evaluate(() => (document.querySelector("main").innerText.match(/\b(?:acts|assembly|bank|banks|blueprint|comment|diff|editor|export|forms|health|intake|item|items|kind|members|meta|plot|preview|review|rule|seal|tool)\.[a-z_]+(?:\.[\w-]+)*/g) ?? []));
  same(raw, [], name + ": texts");
}
const reason = async (page, text) => {
  await page.fill("dialog textarea", text);
  await page.click("dialog button[type=submit]");
  await page.waitForSelector("dialog", {state: "detached"});
};

/** Tab after Tab until the control with this id has the focus. */
async function tabTo(page, id) {
  for (let n = 0; n < 90; n++) {
    if (await page.evaluate((want) => document.activeElement?.id === want, id)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("Tab never comes to " + id);
}
async function typeInto(page, id, text) {
  await tabTo(page, id);
  await page.keyboard.type(text);
}

async function write(page) {
  await open(page, "#/items/new", "form.editor-form");
  await typeInto(page, "body.vi", STEM);
  await typeInto(page, "body.en", "Who issues the decrees that detail how a law is carried out?");
  await page.keyboard.press("Control+b");
  await page.keyboard.type("law");
  const options = [["Chính phủ", "The Government"], ["Quốc hội", "The National Assembly"], ["Hội đồng nhân dân", "A People's Council"], ["Tòa án nhân dân tối cao", "The Supreme People's Court"]];
  for (const [i, [vi, en]] of options.entries()) {
    if (i === 0) {
      for (let n = 0; n < 20 && !(await page.evaluate(() => document.activeElement?.type === "radio" && document.activeElement.name === "right")); n++) await page.keyboard.press("Tab");
      await page.keyboard.press("Space");
    }
    await typeInto(page, `options[${i}].text.vi`, vi);
    await typeInto(page, `options[${i}].text.en`, en);
  }
  await typeInto(page, "topic", TOPICS[0]);
  await tabTo(page, "level");
  await page.keyboard.press("ArrowDown");
  await typeInto(page, "facility", "0,6");
  await typeInto(page, "source", "Luật ban hành văn bản quy phạm pháp luật, Điều 14");
  await until(async () => (await page.textContent(".preview-body")).includes("Who issues"), "the preview shows the language that was typed last");
  await page.locator(".preview button", {hasText: "Tiếng Việt"}).click();
  check((await page.textContent(".preview-body")).includes(STEM), "and the other when it is asked");
  await page.focus("#source");
  await until(async () => (await page.textContent(".key-box")).includes("Phương án A"), "the preview shows the key");
  check((await page.locator(".preview-body .choice").count()) === 4, "the preview shows four options");
  await looked(page, "editor");
  const saving = await hold(page, "**/api/v1/items");
  await page.keyboard.press("Control+s");
  await saving.asked();
  await page.keyboard.press("Control+s");
  await page.waitForTimeout(300);
  same(saving.count(), 1, "pressed twice, it is saved once");
  await saving.release();
  await page.waitForSelector(".item-split");
  made.item = page.url().match(/items\/([0-9a-f]{16})/)[1];
  made.code = (await page.textContent("h1")).trim();
}

/** The author's second version meets one saved in another window. */
async function conflict(page, context) {
  const other = await context.newPage();
  await open(page, `#/items/${made.item}/edit`, "form.editor-form");
  await open(other, `#/items/${made.item}/edit`, "form.editor-form");
  await other.fill("#seconds", "45");
  await other.fill("#reason", "Thêm thời gian");
  await other.click("button:has-text('Lưu')");
  await other.waitForSelector(".item-split");
  await page.fill("[id='body.vi']", STEM + " (sửa)");
  await page.click("header .name");
  await page.waitForSelector("dialog");
  await axe(page, "unsaved changes");
  await page.click("dialog button >> nth=0");
  check((await page.inputValue("[id='body.vi']")).endsWith("(sửa)"), "the text is still there after staying");
  await page.click("button:has-text('Lưu')");
  await page.waitForSelector("form.editor-form > .banner.warn");
  check((await page.inputValue("[id='body.vi']")).endsWith("(sửa)"), "the text is still there after the conflict");
  await looked(page, "conflict");
  await page.click("form.editor-form > .banner.warn button");
  await page.waitForSelector(".item-split");
  await open(page, `#/items/${made.item}/diff/1/3`, "table.diff");
  check((await page.textContent("table.diff ins")).includes("sửa"), "the difference is marked");
  await looked(page, "diff");
  await other.close();
}

/** TeX becomes MathML while it is typed; what is wrong with it is told and nothing is inserted. */
async function formula(page) {
  await open(page, "#/items/new", "form.editor-form");
  await typeInto(page, "body.vi", "Tính ");
  await page.keyboard.press("Control+m");
  await page.waitForSelector("dialog #tex");
  await page.keyboard.type("\\frac{a");
  await page.keyboard.press("Tab");
  await page.waitForSelector("dialog .warn-text");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.type("}{b}");
  await page.waitForSelector("dialog math");
  await axe(page, "formula");
  await page.click("dialog button.primary");
  await page.waitForSelector("dialog", {state: "detached"});
  same(await page.inputValue("[id='body.vi']"), "Tính $\\frac{a}{b}$", "the formula stands where the cursor was");
  await page.waitForSelector(".preview-body math");
  await until(async () => (await page.textContent(".live-faults")).includes("Phương án A"), "what is missing is named");
  await page.click("header .name");
  await page.click("dialog button.danger");
  await page.waitForSelector("form.editor-form", {state: "detached"});
}

async function everyKind(page) {
  for (const kind of ["single", "multiple", "truefalse", "ordering", "matching", "numeric", "text", "inline", "graded", "essay", "upload", "stimulus"]) {
    await open(page, "#/items/new?kind=" + kind, "form.editor-form");
    check((await page.inputValue("#kind")) === kind, "the editor of " + kind);
    await axe(page, "editor of " + kind);
    await page.fill("[id='body.vi']", kind === "inline" ? "Thủ đô là [[g1]]." : "Nội dung thử của loại câu");
    await page.waitForFunction(() => document.querySelector(".preview-body .item-body")?.textContent.length > 5);
    await page.evaluate(() => { window.onbeforeunload = null; });
    await page.click("header .name");
    await page.click("dialog button.danger");
    await page.waitForSelector("form.editor-form", {state: "detached"});
  }
}

/** The solver may take the minute that a blueprint gives it. */
const assembled = (page, verdict) => page.waitForSelector(verdict, {timeout: 90000});

async function assemble(page, code, {items, forms, least, sections = []}, verdict) {
  await open(page, "#/blueprints/new", "form.blueprint");
  await page.fill("#title", "Ma trận thử " + code);
  await page.fill("#code", code);
  await page.fill("#items", String(items));
  await page.fill("#forms", String(forms));
  for (const [i, topic] of TOPICS.entries()) {
    await page.click("details[data-part=counts] button[data-add]");
    await page.fill(`[id='counts[${i}].topic']`, topic);
    await page.fill(`[id='counts[${i}].min']`, String(least));
  }
  if (sections.length) await page.click("details[data-part=sections] > summary");
  for (const [i, [title, count]] of sections.entries()) {
    await page.locator("details[data-part=sections] button:has-text('+')").last().click();
    await page.fill(`[id='sections[${i}].title_vi']`, title);
    await page.fill(`[id='sections[${i}].items.min']`, String(count));
    await page.fill(`[id='sections[${i}].items.max']`, String(count));
  }
  await page.click("details[data-part=reuse] > summary");
  await page.click("button[data-add=previous]");
  await page.fill("[id='previous[0].code']", "DE-CU");
  await page.fill("[id='previous[0].items']", "ht-001, HT-002");
  await page.fill("[id='previous[0].overlap_max']", "1");
  check((await page.textContent("details[data-part=counts] [role=status]")).includes(String(least * TOPICS.length)), "the sum is that of what stands in the fields");
  await looked(page, "blueprint");
  const saving = await hold(page, "**/api/v1/blueprints");
  await page.click(".sticky-end button:not(.primary)");
  await saving.asked();
  await page.click(".sticky-end button:not(.primary)");
  await page.waitForTimeout(300);
  same(saving.count(), 1, "pressed twice, it is assembled once");
  await saving.release();
  await assembled(page, verdict);
}

/** Tab after Tab until `test` holds of the control that has the focus. */
async function tabUntil(page, what, test, argument) {
  for (let n = 0; n < 90; n++) {
    if (await page.evaluate(test, argument)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("Tab never comes to " + what);
}
const onButton = (page, text) => tabUntil(page, text, (want) => document.activeElement?.tagName === "BUTTON" && document.activeElement.textContent.includes(want), text);
const tick = async (page, name, text) => {
  await tabUntil(page, text, ([list, want]) => document.activeElement?.type === "checkbox" && Boolean(document.activeElement.closest(`[data-choices=${list}]`)) && document.activeElement.closest("label").textContent.includes(want), [name, text]);
  await page.keyboard.press("Space");
};
const openPart = async (page, name) => {
  await tabUntil(page, name, (want) => document.activeElement?.tagName === "SUMMARY" && document.activeElement.parentElement.dataset.part === want, name);
  await page.keyboard.press("Enter");
};

/** Sections of certain kinds and levels, and bounds on the curve: written by the keyboard, kept as they were, and met. */
async function bounded(page) {
  await open(page, "#/blueprints/new", "form.blueprint");
  for (const [id, text] of [["title", "Ma trận có phần"], ["code", "THU-PHAN"], ["items", "9"], ["forms", "1"]]) {
    await tabTo(page, id);
    await page.keyboard.press("Control+a");
    await page.keyboard.type(text);
  }
  await openPart(page, "sections");
  await onButton(page, "Thêm phần");
  await page.keyboard.press("Enter");
  for (const [id, text] of [["sections[0].title_vi", "Phần chung"], ["sections[0].title_en", "General part"], ["sections[0].items.min", "9"]]) await typeInto(page, id, text);
  await tick(page, "kinds", "Một đáp án");
  await tick(page, "levels", "1 ·");
  await tick(page, "levels", "2 ·");
  await openPart(page, "facility");
  await typeInto(page, "facility.mean.target", "0,6");
  await typeInto(page, "facility.mean.min", "0,2");
  await onButton(page, "Thêm điểm");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("0");
  await typeInto(page, "facility.curve[0].min", "0,2");
  await typeInto(page, "facility.curve[0].max", "0,95");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".error-summary");
  check((await page.textContent("[data-field='facility.mean.target'] .error")).includes("không ghi cả hai"), "a target and a bound exclude each other, and it says so at the field");
  await looked(page, "blueprint-faults");
  await page.fill("[id='facility.mean.target']", "");
  await page.fill("[id='facility.mean.min']", "");
  await page.keyboard.press("Enter");
  await page.waitForURL(/blueprints\/[0-9a-f]{16}/);
  const stored = await page.evaluate(async (id) => (await (await fetch("/api/v1/blueprints/" + id)).json()).document, page.url().match(/blueprints\/([0-9a-f]{16})/)[1]);
  const {sections: [section], facility: {mean, curve: [point]}} = stored;
  same([section.kinds, section.levels, mean ?? null, point.theta, point.min, point.max, point.target ?? null], [["single"], [1, 2], null, "0", "0.2", "0.95", null], "what was chosen is what is kept");
  await page.reload();
  await page.waitForSelector("[data-choices=kinds]");
  same(await page.locator("[data-choices] input:checked").count(), 3, "and what is shown again");
  await looked(page, "blueprint-sections");
  await page.click(".sticky-end button:not(.primary)");
  await assembled(page, ".banner.ok");
  const kinds = await page.locator("details.card tbody tr").evaluateAll((rows) => [...new Set(rows.map((row) => `${row.cells[4].textContent} ${row.cells[5].textContent}`))].sort());
  check(kinds.every((text) => /^[12] · .* Một đáp án$/.test(text)), "every item is of the kind and the levels: " + kinds);
  check((await page.locator("table").last().textContent()).includes("0,95"), "the bound on the curve is among the constraints");
}

/** More items than one request takes: portions, one undo. */
async function manyActs(page) {
  const rows = Array.from({length: 1020}, (_, n) => `NHIEU-${String(n).padStart(4, "0")},Câu thứ ${n} của loạt thử có đúng không?,Đúng ${n},Sai ${n},A`).join("\n");
  await open(page, "#/items", "table.items tbody tr");
  const brought = await page.evaluate(async (text) => {
    const bank = (await (await fetch("/api/v1/banks")).json()).items[0].code;
    const answer = await fetch(`/api/v1/bank-imports?bank=${bank}&format=csv&topic=loat-thu&mode=all`, {method: "POST", headers: {"X-Khoacu": "1", "Content-Type": "application/octet-stream"}, body: text});
    return (await answer.json()).counts;
  }, "code,stem,option_a,option_b,key\n" + rows);
  check(brought.applied && brought.imported + brought.changed === 1020, "1,020 items were brought in: " + JSON.stringify(brought));
  await open(page, "#/items?topic=loat-thu&limit=200", "table.items tbody tr");
  for (let left = 1020; left > 0; left -= 200) {
    await page.locator("table.items thead input[type=checkbox]").check();
    if (left <= 200) break;
    const first = await page.textContent("table.items tbody th a");
    await page.click(".pager button:last-of-type");
    await until(async () => (await page.textContent("table.items tbody th a")) !== first, "the next page");
  }
  check((await page.textContent(".bulk-bar")).includes("1.020"), "1,020 are chosen: " + (await page.textContent(".bulk-bar strong")));
  await page.selectOption(".bulk-bar select", "tag");
  await page.click(".bulk-bar .primary");
  await page.fill("dialog textarea", "nhieu");
  const portion = await hold(page, "**/api/v1/item-acts");
  await page.click("dialog button[type=submit]");
  await page.waitForSelector("dialog progress");
  await axe(page, "portions of an act");
  await portion.release();
  await page.waitForSelector("dialog progress", {state: "detached", timeout: 60000});
  check((await page.textContent(".last-act")).includes("1.020"), "all were done: " + (await page.textContent(".last-act")));
  const tagged = () => page.evaluate(async () => (await (await fetch("/api/v1/items?tag=nhieu&limit=50")).json()).total);
  same(await tagged(), 1020, "all have the tag");
  await page.click(".last-act button");
  await until(async () => (await tagged()) === 0, "one undo takes all back");
  check(!(await page.locator(".last-act").count()), "nothing is left to undo");
}

async function lists() {
  await step("the list finds items with and without diacritics, narrows by facets, and acts on many with undo", () => withStaff(AUTHOR, async (page) => {
    await open(page, "#/items", "table.items tbody tr");
    await looked(page, "list");
    const total = async () => Number((await page.textContent(".pager [role=status]")).replace(/\./g, "").match(/(\d+)$/)[1]);
    const all = await total();
    for (const text of ["hiến pháp", "hien phap"]) {
      await Promise.all([page.waitForResponse((answer) => new URL(answer.url()).searchParams.get("q") === text), page.fill("#q", text)]);
      await until(async () => (await page.locator("[aria-busy]").count()) === 0, "what was found is shown");
      made[text] = await total();
      check(made[text] < all, "the search narrows");
    }
    const codes = (text) => page.evaluate(async (q) => (await (await fetch("/api/v1/items?limit=200&q=" + encodeURIComponent(q))).json()).items.map((item) => item.code), text);
    const exact = await codes("hiến pháp"), plain = await codes("hien phap");
    same([made["hiến pháp"], made["hien phap"]], [exact.length, plain.length], "how many were found");
    check(exact.length > 0 && exact.every((code) => plain.includes(code)), "without diacritics all is found that is found with them");
    await page.fill("#q", "");
    await until(async () => (await total()) === all, "the search is cleared");
    await page.locator(".chip", {hasText: "Quản lý nhà nước"}).click();
    await page.waitForSelector(".chip[aria-pressed=true]");
    check((await total()) < all, "a facet narrows");
    await page.locator("table.items tbody input[type=checkbox]").nth(0).check();
    await page.locator("table.items tbody input[type=checkbox]").nth(2).click({modifiers: ["Shift"]});
    check((await page.textContent(".bulk-bar")).includes("3"), "three are chosen");
    await page.selectOption(".bulk-bar select", "tag");
    await looked(page, "bulk");
    await page.click(".bulk-bar .primary");
    await axe(page, "dialog of an act");
    await reason(page, "thu-nghiem");
    await page.waitForSelector(".last-act");
    await until(async () => (await page.locator(".toasts > *").count()) === 0, "the passing note is gone");
    await page.click(".last-act button");
    await until(async () => (await page.textContent(".toasts")).includes("hoàn tác"), "undone");
    await page.evaluate(() => {
      const search = document.querySelector("#q");
      search.value = "luật";
      search.dispatchEvent(new InputEvent("input"));
      location.hash = "#/blueprints";
    });
    await page.waitForSelector("a[href='#/blueprints/new']");
    await page.waitForTimeout(600); // longer than the pause in typing for which the search waits
    same(await page.evaluate(() => location.hash), "#/blueprints", "a search that was typed on the way out holds nobody back");
  }));
}

const GIFT = "::Thủ đô:: Thủ đô của Việt Nam là thành phố nào? {=Hà Nội ~Huế ~Đà Nẵng}\n\n::Hỏng:: Câu này {=không đóng ngoặc\n";
/** A file is tried, told item by item, imported, and the bank is written into a file. */
async function transfer(page) {
  await open(page, "#/bank-import", "#file");
  await page.setInputFiles("#file", {name: "bang.csv", mimeType: "text/csv", buffer: Buffer.from("Mã,Câu hỏi,Phương án A,Phương án B,Đáp án,Cột lạ\nNHAP-1,Hai cộng hai?,Bốn,Năm,A,Số học\n")});
  await page.waitForSelector("tbody select");
  await page.locator("tbody tr", {hasText: "Cột lạ"}).locator("select").selectOption("source");
  await page.click("form.card button[type=submit]");
  await page.waitForSelector("#import-verdict.ok");
  await looked(page, "import-mapping");
  await page.setInputFiles("#file", {name: "cau.gift", mimeType: "text/plain", buffer: Buffer.from(GIFT)});
  await page.fill("#topic", TOPICS[0]);
  await page.click("form.card button[type=submit]");
  await page.waitForSelector("#import-verdict.warn");
  check((await page.textContent("section.stack")).includes("Bị từ chối"), "what is refused has its line");
  await looked(page, "import-report");
  const [report] = await Promise.all([page.waitForEvent("download"), page.click("button:has-text('JSONL')")]);
  check(report.suggestedFilename().endsWith(".jsonl"), "the report can be kept");
  await page.click(".primary:has-text('Chỉ nhập')");
  await page.click("dialog .primary");
  await page.waitForSelector("#import-verdict.ok");
  await open(page, "#/bank-export", "#format");
  await page.selectOption("#format", "gift");
  await page.click("form.card button[type=button]");
  await page.waitForSelector("#export-verdict.ok");
  await looked(page, "export-trial");
  const [file] = await Promise.all([page.waitForEvent("download"), page.click("form.card button[type=submit]")]);
  check(file.suggestedFilename().includes("gift"), "the export is a file: " + file.suggestedFilename());
}

export default async function () {
  await lists();
  await step("an author writes an item with the keyboard alone, sees it as candidates will, and saves it", () => withStaff(AUTHOR, write));
  await step("unsaved text is kept: when leaving, and when another window has saved meanwhile; versions are compared", () => withStaff(AUTHOR, conflict));
  await step("a formula is typed as TeX and shown; the server's faults stand beside the preview", () => withStaff(AUTHOR, formula));
  await step("the editor has a page for each of the twelve kinds", () => withStaff(AUTHOR, everyKind));
  await step("the author submits the item and cannot review it himself", () => withStaff(AUTHOR, async (page) => {
    await open(page, "#/items/" + made.item, ".item-split");
    await looked(page, "item");
    await page.click("button:has-text('Gửi thẩm định')");
    await reason(page, "Đã xem lại");
    await page.waitForSelector("text=không tự thẩm định");
    check((await page.locator(".review-card").count()) === 0, "no verdict is offered to the author");
  }));
  await step("a reviewer finds it in the queue and comments; it cannot be accepted before the author answers", () => withStaff(SECOND, async (page) => {
    await open(page, "#/review", "table.items tbody tr");
    await looked(page, "queue");
    await page.locator("table.items tbody th a", {hasText: made.code}).click();
    await page.waitForSelector(".review-card");
    await page.fill("#comment", "Có nên nêu rõ loại văn bản không?");
    await page.click("#comments button[type=submit]");
    await page.waitForSelector("#comments .tag.warn");
    check(await page.locator(".review-card button[type=submit]").isDisabled(), "accepting waits for the answer");
    await looked(page, "review");
  }));
  await step("the author answers; the reviewer accepts and the item is made live", async () => {
    await withStaff(AUTHOR, async (page) => {
      await open(page, "#/items/" + made.item, "#comments .tag.warn");
      await page.click("#comments .tag.warn + button");
      await reason(page, "Đã nêu trong câu.");
      await page.waitForSelector("#comments blockquote");
    });
    await withStaff(SECOND, async (page) => {
      await open(page, "#/items/" + made.item, ".review-card");
      await page.fill("#review-reason", "Đạt");
      await page.click(".review-card button[type=submit]");
      await page.waitForSelector("button:has-text('Đưa vào sử dụng')");
      await page.click("button:has-text('Đưa vào sử dụng')");
      await reason(page, "");
      await page.waitForSelector("h1 + .row .tag.ok");
    });
  });
  await step("a blueprint that the bank cannot meet is told in words", () => withStaff(SECOND, async (page) => {
    await assemble(page, "THU-NHIEU", {items: 190, forms: 2, least: 60}, ".stop-card");
    check(/^Chủ đề «[^»a-z-]*[^»]*» cần 60 câu hỏi đang dùng, ngân hàng có \d+/.test((await page.textContent(".clash-words")).trim()), "the clash is said");
    await looked(page, "infeasible");
  }));
  await step("two parallel forms are assembled; constraints, curves and differences are shown; drafts are made", () => withStaff(SECOND, async (page) => {
    await assemble(page, "THU-DE", {items: 12, forms: 2, least: 3, sections: [["Phần thứ nhất", 5], ["Phần thứ hai", 7]]}, ".banner.ok");
    check((await page.locator("details:has(td)").count()) >= 2, "two forms");
    await looked(page, "assembly");
    await page.fill("#code", "BANK-");
    await page.fill("#cycle", "CC-2026-MINH-HOA");
    await page.click("button:has-text('Lập các đề nháp')");
    await page.waitForSelector(".error-summary");
    check(/CC-2026-MINH-HOA.*«Đã công bố».*chưa qua vòng 1/.test(await page.textContent(".error-summary")), "a cycle that is past that step says which step it is at and what to do");
    await page.fill("#cycle", "KY-VIET-NHAM");
    await page.click("button:has-text('Lập các đề nháp')");
    await page.waitForSelector(".error-summary:has-text('Không có kỳ tuyển dụng nào có mã KY-VIET-NHAM')");
    await page.fill("#cycle", CYCLE);
    await page.click("button:has-text('Lập các đề nháp')");
    await page.waitForSelector("tbody a:has-text('BANK-02')");
    await looked(page, "forms");
  }));
  await step("a draft is changed: an item moves within its section, one goes and comes back; that is version 2, with the sections of the blueprint", () => withStaff(SECOND, async (page) => {
    await open(page, "#/forms", "tbody a");
    await page.click("tbody a:has-text('BANK-01')");
    await page.waitForSelector(".paper-item");
    same(await page.locator(".section-head").allTextContents(), ["Phần thứ nhất", "Phần thứ hai"], "the titles of the sections");
    const codes = async () => (await page.locator("dialog .change-list strong").allTextContents()).map((text) => text.replace(/^\d+\. /, ""));
    await page.click("button:has-text('Sửa đề')");
    const before = await codes();
    check(await page.locator("dialog [data-at^=up-]").nth(5).isDisabled(), "no item leaves its section");
    await page.locator("dialog [data-at^=up-]").nth(1).click();
    same((await codes()).slice(0, 2), [before[1], before[0]], "the two have changed places");
    await page.locator("dialog [data-at^=remove-]").nth(11).click();
    same((await codes()).length, 11, "one is out");
    await page.click("dialog button:has-text('Hoàn tác')");
    await page.locator("dialog [data-at^=remove-]").nth(11).click();
    await page.fill("#change-code", "KHONG-CO");
    await page.click("dialog button:has-text('Đưa vào đề')");
    await page.waitForSelector("dialog .error:has-text('KHONG-CO')");
    await page.fill("#change-code", before[11]);
    await page.selectOption("#change-section", "1");
    await page.click("dialog button:has-text('Đưa vào đề')");
    await page.waitForFunction(() => document.querySelectorAll("dialog .change-list strong").length === 12);
    await looked(page, "form-change");
    await page.fill("#change-reason", "Đổi chỗ hai câu đầu");
    await page.click("dialog button.primary");
    await page.waitForSelector("summary:has-text('Các phiên bản (2)')");
    same(await page.locator(".section-head").allTextContents(), ["Phần thứ nhất", "Phần thứ hai"], "the titles stay");
  }));
  await step("another person reads the form as candidates will, accepts it and sets the first seal", () => withStaff(THIRD, async (page) => {
    await open(page, "#/forms", "tbody a");
    await page.click("tbody a:has-text('BANK-01')");
    await page.waitForSelector(".paper-item");
    same(await page.locator(".paper-item").count(), 12, "items");
    await looked(page, "form");
    await page.click("button:has-text('Chấp nhận đề')");
    await page.click("button:has-text('Niêm phong lần một')");
    await page.click("dialog button.primary");
    await page.waitForSelector("text=lần hai phải là người khác");
    made.form = page.url().match(/forms\/([0-9a-f]{16})/)[1];
  }));
  await step("the second person seals; nothing can be changed, and the papers can be printed", () => withStaff(SECOND, async (page) => {
    await open(page, "#/forms/" + made.form, ".paper-item");
    await page.click("button:has-text('Niêm phong lần hai')");
    await page.click("dialog button.primary");
    await page.waitForSelector("text=Hai người đã niêm phong");
    await looked(page, "sealed");
    for (const link of await page.locator("a[href*='.pdf']").all()) {
      const [status, type] = await page.evaluate(async (href) => {
        const answer = await fetch(href);
        return [answer.status, answer.headers.get("Content-Type")];
      }, await link.getAttribute("href"));
      check(status === 200 && type.includes("pdf"), `a paper: ${status} ${type}`);
    }
  }));
  await step("a section of certain kinds and levels and bounds on the curve are written by the keyboard and met", () => withStaff(SECOND, bounded));
  await step("a file is tried, its columns are mapped, the valid items are imported; the bank is exported", () => withStaff(AUTHOR, transfer));
  await step("an act on more than a thousand items goes in portions and is undone as one", () => withStaff(AUTHOR, manyActs));
  await step("bank, members, rules, health, import and export stand in English too", () => withStaff(AUTHOR, async (page) => {
    await page.goto("/can-bo/?lang=en#/banks");
    await page.waitForSelector("tbody th a");
    const bank = await page.getAttribute("tbody th a", "href");
    for (const [address, name] of [["#/banks", "banks"], [bank, "health"], [bank + "/members", "members"], [bank + "/settings", "rules"], ["#/bank-import", "import"], ["#/bank-export", "export"], ["#/items", "list-en"], ["#/items/" + made.item, "item-en"], [`#/items/${made.item}/edit`, "editor-en"]]) {
      await open(page, address);
      await looked(page, name);
    }
  }));
}
