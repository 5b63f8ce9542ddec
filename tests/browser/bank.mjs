// The item bank on the screens alone: an author writes by the keyboard, another person reviews, forms are assembled from a
// blueprint, read as candidates will see them, and sealed by two persons.

import {computer, step, check, same, until, officer, signInOfficer, axe, screens} from "./harness.mjs";

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
  await page.keyboard.press("Control+s");
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

async function assemble(page, code, {items, forms, least}, verdict) {
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
  await looked(page, "blueprint");
  await page.click(".sticky-end button:not(.primary)");
  await page.waitForSelector(verdict, {timeout: 60000});
}

async function lists() {
  await step("the list finds items with and without diacritics, narrows by facets, and acts on many with undo", () => withStaff(AUTHOR, async (page) => {
    await open(page, "#/items", "table.items tbody tr");
    await looked(page, "list");
    const total = async () => Number((await page.textContent(".pager [role=status]")).replace(/\./g, "").match(/(\d+)$/)[1]);
    const all = await total();
    for (const text of ["hiến pháp", "hien phap"]) {
      await page.fill("#q", text);
      await until(async () => (await total()) < all, "the search narrows");
      made[text] = await total();
    }
    same(made["hien phap"], made["hiến pháp"], "with and without diacritics");
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
    await page.click(".toasts button");
    await until(async () => (await page.textContent(".toasts")).includes("hoàn tác"), "undone");
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
    check((await page.textContent(".clash-words")).trim().length > 20, "the clash is said");
    await looked(page, "infeasible");
  }));
  await step("two parallel forms are assembled; constraints, curves and differences are shown; drafts are made", () => withStaff(SECOND, async (page) => {
    await assemble(page, "THU-DE", {items: 12, forms: 2, least: 3}, ".banner.ok");
    check((await page.locator("details:has(td)").count()) >= 2, "two forms");
    await looked(page, "assembly");
    await page.fill("#cycle", CYCLE);
    await page.fill("#code", "BANK-");
    await page.click("button:has-text('Lập các đề nháp')");
    await page.waitForSelector("tbody a:has-text('BANK-02')");
    await looked(page, "forms");
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
  await step("a file is tried, its columns are mapped, the valid items are imported; the bank is exported", () => withStaff(AUTHOR, transfer));
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
