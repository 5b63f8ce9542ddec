// A paper with every kind of item, sat in a browser from the sign-in to the points: what was clicked, typed and sent is what is scored.
// On the way: Vietnamese by an input method through a cut network, a reload in the middle, formulas and passages as she sees them.

import {computer, step, check, same, until, stage, signInCandidate, axe} from "./harness.mjs";
import {saved} from "./candidate.mjs";

const PDF = Buffer.concat([Buffer.from("%PDF-1.4 "), Buffer.alloc(5000, "x")]);

/** Opens the item of a kind; the paper is shuffled, its stem says what it is. */
async function openKind(page, kind) {
  for (const button of await page.locator(".palette button").all()) {
    await button.click();
    if ((await page.textContent("#question .stem")).includes(`Câu ${kind}.`)) return;
  }
  throw new Error("no item of kind " + kind);
}
const pick = (page, letter) => page.locator(`#question label.option:has-text("phương án ${letter}")`).click();
const choose = (page, label, letter) => page.locator(`#question ${label}`).selectOption({label: `phương án ${letter}`});

/** Types as an input method does: the word is composed, rewritten in place, and handed over whole. */
async function compose(client, page, ...forms) {
  for (const form of forms) await client.send("Input.imeSetComposition", {text: form, selectionStart: form.length, selectionEnd: form.length});
  await client.send("Input.insertText", {text: forms.at(-1)});
  await page.keyboard.type(" ");
}

export default async function () {
  const hall = stage("paper", "NK"), [me] = hall.candidates, context = await computer(), page = await context.newPage();
  const essay = "Người cán bộ phải nói thật";

  await step("a common clock opens the paper by itself; every kind is there, its passage beside it, in both languages", async () => {
    await page.clock.install();
    await signInCandidate(page, me);
    await page.waitForSelector("input[name=practice]");
    await page.click("label.option:has(input[value=a])");
    await page.click("button.primary:has-text('phòng chờ')");
    await page.waitForSelector("#question legend");
    same(await page.locator(".palette button").count(), hall.kinds.length, "items");
    await openKind(page, "single");
    check((await page.textContent("#question .stimulus")).includes("Một đoạn văn chung."), "the passage");
    await until(() => page.evaluate(() => document.querySelector("#question .stimulus img").naturalWidth > 0), "its picture");
    check(await page.locator("#question .stem em").count() === 1, "markup of the stem");
  });
  await step("single, true or false, graded: by clicks", async () => {
    for (const [kind, letter] of [["single", "b"], ["truefalse", "b"], ["graded", "b"]]) {
      await openKind(page, kind);
      await pick(page, letter);
    }
    await saved(page);
  });
  await step("several, an order, pairs and gaps: by buttons and lists, no dragging", async () => {
    await openKind(page, "multiple");
    await pick(page, "a");
    await pick(page, "c");
    await pick(page, "c");
    await pick(page, "d");
    await openKind(page, "ordering");
    const order = async () => (await page.locator("#question .ordering .text").allTextContents()).map((text) => text.at(-1)).join("");
    for (const [i, letter] of [..."cab"].entries())
      while ((await order()).indexOf(letter) > i) await page.locator("#question .ordering li", {hasText: `phương án ${letter}`}).locator(".up").click();
    same(await order(), "cab", "the order");
    const keep = page.locator("#question button:has-text('Lấy thứ tự này')"); // where the shuffle has given that order already
    if (await keep.isVisible()) await keep.click();
    await openKind(page, "matching");
    for (const [row, column] of [["a", "y"], ["b", "x"]]) await choose(page, `.match:has-text("phương án ${row}") select`, column);
    await openKind(page, "inline");
    const gaps = page.locator("#question .stem select");
    await gaps.nth(0).selectOption({label: "phương án b"});
    await gaps.nth(1).selectOption({label: "phương án b"});
    await saved(page);
  });
  await step("a number with its unit, a word, a file", async () => {
    await openKind(page, "numeric");
    same((await page.textContent("#question .unit")).trim(), "kg", "the unit");
    await page.fill("#question input[type=text]", "12,45");
    await openKind(page, "text");
    await until(() => page.evaluate(() => document.querySelector("#question audio").readyState > 0), "the sound is there");
    await page.fill("#question input[type=text]", " hà   nội ");
    await openKind(page, "upload");
    await page.setInputFiles("#question input[type=file]", {name: "ảnh.png", mimeType: "image/png", buffer: Buffer.from("x")});
    check((await page.textContent("#question fieldset")).includes("chỉ nhận: PDF, TXT"), "says what it takes");
    same(await page.locator("#question .files li").count(), 0, "another type is not taken");
    await page.setInputFiles("#question input[type=file]", {name: "bài làm.pdf", mimeType: "application/pdf", buffer: PDF});
    await until(async () => (await page.locator("#question .files li").count()) === 1, "the file is there");
    await saved(page);
  });
  await step("Vietnamese typed by an input method while the network is cut for minutes is kept letter by letter, and never called saved", async () => {
    const client = await context.newCDPSession(page);
    await openKind(page, "essay");
    await until(() => page.evaluate(() => document.querySelector("#question .stimulus img").naturalWidth > 0), "the picture is there");
    await page.locator("#question textarea").focus();
    await compose(client, page, "Ngu", "Nguo", "Người");
    await compose(client, page, "ca", "cá", "cán");
    await context.setOffline(true);
    await compose(client, page, "bo", "bô", "bộ");
    await until(async () => (await page.locator(".save-state.unsent").count()) === 1, "not sent");
    for (let minute = 0; minute < 5; minute++) await page.clock.fastForward(60000);
    await compose(client, page, "pha", "phải");
    await client.send("Input.imeSetComposition", {text: "nó", selectionStart: 2, selectionEnd: 2});
    await page.waitForTimeout(2500);
    same(await page.locator(".save-state.saved").count(), 0, "nothing is called saved");
    same(await page.inputValue("#question textarea"), "Người cán bộ phải nó", "nothing is rewritten under her hands");
    check(await page.evaluate(() => document.querySelector("#question .stimulus img").naturalWidth > 0), "the picture stays without a network");
    await context.setOffline(false);
    await client.send("Input.insertText", {text: "nói"});
    await page.keyboard.type(" ");
    await compose(client, page, "thâ", "thật");
    await page.keyboard.press("Backspace");
    await saved(page);
    await page.reload();
    await page.waitForSelector("#question textarea");
    same(await page.inputValue("#question textarea"), essay, "the essay after a reload");
  });
  await step("after the reload every item shows what she did", async () => {
    same(await page.locator(".palette button.answered").count(), hall.kinds.length, "answered");
    await openKind(page, "multiple");
    same(await page.locator("#question input:checked").count(), 2, "several");
    await openKind(page, "ordering");
    same((await page.locator("#question .ordering .text").allTextContents()).map((text) => text.at(-1)).join(""), "cab", "order");
    await openKind(page, "inline");
    same(await page.locator("#question .stem select").evaluateAll((list) => list.map((s) => s.selectedOptions[0].textContent)), ["phương án b", "phương án b"], "gaps");
    await openKind(page, "upload");
    check((await page.textContent("#question .files")).includes("bài làm.pdf"), "the file's name");
    await axe(page, "a real upload");
  });
  await step("what was clicked is what is scored, item by item", async () => {
    await page.click(".side button.primary");
    await page.click("dialog button.danger");
    await page.click("dialog button.primary");
    await page.waitForSelector(".receipt-code");
    stage("end", hall.shift);
    const one = "10000000";
    same(stage("points", hall.shift)[me.roll], {single: one, truefalse: "0", graded: "5000000", multiple: one, ordering: one, matching: one, numeric: one, text: one,
      inline: "0", essay: "person", upload: "person"});
    const [[text]] = stage("sql", `SELECT answer FROM khoacu.response WHERE sitting_id = ${BigInt("0x" + hall.candidates[0].sitting)} AND answer LIKE '%thật%' ORDER BY seq DESC LIMIT 1`);
    same(JSON.parse(text), essay, "the essay as it is stored");
  });
  await step("no script of a page failed", async () => same(context.pageErrors, []));
  await context.close();
}
