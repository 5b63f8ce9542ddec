// A panel of the demonstration: its secretary and three members, one at a phone, lead the candidates to minutes signed by all.

import {computer, step, check, same, officer, signInOfficer, axe, screens} from "./harness.mjs";

const SECRETARY = officer("script_officer", 0), MEMBERS = [0, 1, 2].map((nth) => officer("examiner", nth));
const SUBSTITUTE = officer("examiner", 3);
const text = (page, selector) => page.locator(selector).first().textContent();

async function toPanel(page) {
  await page.goto("/can-bo/#/panels");
  await page.click("tbody tr:has-text('PV1') a[href^='#/panels/']"); // the leadership cycle has a panel too
  await page.waitForSelector("h1:has-text('PV1')");
}

async function signs(page, who) {
  await page.click(".next-step button.primary:has-text('Ký')");
  await page.fill("dialog input[type=password]", who.password);
  await page.click("dialog button.primary");
}

/** The secretary leads the candidate on to marking; where the page asks why, she says it. */
async function lead(page) {
  for (const to of ["called", "preparation", "presentation", "questions", "marking"]) {
    await page.click(`button[data-to=${to}]`);
    await page.waitForSelector(`button[data-to=${to}]`, {state: "detached"});
  }
}

export default async function () {
  const desk = await computer(), phones = [await computer({viewport: {width: 360, height: 740}, hasTouch: true}), await computer(), await computer()], substitute = await computer();
  const secretary = await desk.newPage(), members = [];
  for (const context of phones) members.push(await context.newPage());
  let left = 0;

  await step("secretary and members open their panel: order by lot, two candidates done, each by one's own office", async () => {
    await signInOfficer(secretary, SECRETARY);
    await toPanel(secretary);
    for (const [nth, page] of members.entries()) {
      await signInOfficer(page, MEMBERS[nth]);
      await toPanel(page);
    }
    await secretary.waitForSelector("button[data-to=called]");
    left = await secretary.locator("tbody tr:has-text('Chờ')").count();
    check(left >= 1, "somebody waits");
    check((await text(members[0], "main")).includes("Trưởng ban") && (await text(members[1], "main")).includes("Thành viên"), "offices are named");
    await axe(secretary, "run sheet");
    await screens(secretary, "panel-secretary");
  });
  await step("the phases follow the secretary on every device, and the time left is the server's", async () => {
    let release, hold;
    const held = new Promise((resolve) => { release = resolve; }), holding = new Promise((resolve) => { hold = resolve; });
    await secretary.route("**/api/v1/panels/*", async (route) => { // what was read before her act comes after what was read behind it
      const answer = await route.fetch();
      hold();
      await held;
      await route.fulfill({response: answer});
    }, {times: 1});
    await holding;
    await secretary.click("button[data-to=called]");
    await secretary.waitForSelector("button[data-to=preparation]");
    const late = secretary.waitForEvent("requestfinished", (request) => request.url().includes("/api/v1/panels/"));
    release();
    await late;
    await secretary.waitForTimeout(300);
    same(await secretary.locator("button[data-to=called]").count(), 0, "an answer that is older changes nothing");
    await members[0].waitForSelector(".mark-panel [role=status]:has-text('Gọi vào')");
    await secretary.click("button[data-to=preparation]");
    await secretary.waitForSelector(".hearing .time-left:has-text('Còn 14:')");
    await members[0].fill("#mark-0", "9");
    await members[0].waitForSelector(".mark-panel [role=status]:has-text('Chuẩn bị')");
    check(await members[0].locator(".mark-panel button.primary").isDisabled(), "nothing can be sent yet");
    same(await members[0].inputValue("#mark-0"), "9", "the draft stays while the page follows");
    await members[0].reload();
    await members[0].waitForSelector("#mark-0");
    same(await members[0].inputValue("#mark-0"), "9", "and over a reload");
    for (const to of ["presentation", "questions", "marking"]) {
      await secretary.click(`button[data-to=${to}]`);
      await secretary.waitForSelector(`button[data-to=${to}]`, {state: "detached"});
    }
  });
  await step("a member marks with thumb or keyboard; a mark off its step is refused at the field; nobody sees another's", async () => {
    const phone = members[0];
    await phone.waitForSelector(".mark-panel button.primary:not([disabled])");
    await phone.fill("#mark-0", "9,3");
    await phone.fill("#mark-1", "11");
    await phone.fill("#mark-2", "7");
    await phone.click(".mark-panel button.primary");
    await phone.waitForSelector("[data-field=mark-0] .error:not([hidden])");
    await axe(phone, "mark sheet");
    await phone.fill("#mark-0", "12,25");
    same(await text(phone, ".mark-panel output"), "30,25");
    await screens(phone, "panel-member");
    await phone.setViewportSize({width: 360, height: 740});
    await phone.click(".mark-panel button.primary");
    await phone.click("dialog button.primary");
    await secretary.waitForSelector("[role=status]:has-text('1 / 3')");
    for (const page of [secretary, members[1], members[2]]) check(!(await page.content()).includes("12,25"), "no mark of hers is on another's screen");
    for (const page of [members[1], members[2]]) {
      await page.waitForSelector(".mark-panel button.primary:not([disabled])");
      await page.focus("#mark-0");
      for (const mark of ["12", "11,5", "7"]) {
        await page.keyboard.type(mark);
        await page.keyboard.press("Enter");
      }
      await page.click("dialog button.primary");
    }
    await secretary.waitForSelector("tbody tr:has-text('30,40')");
    await secretary.click("tbody tr:has-text('30,40') button");
    await secretary.waitForSelector(".hearing .table-wrap:has-text('30,25')");
    check((await text(secretary, ".hearing")).includes("30,4"), "the mean is shown with its derivation");
    await screens(secretary, "panel-settled");
    await secretary.click(".hearing button:has-text('đang đến lượt')");
    left--;
  });
  await step("where two members are ill somebody else is appointed for the candidate: who may, for what reason; she sees the panel at once", async () => {
    const office = await computer(), head = await office.newPage(), instead = await substitute.newPage();
    await signInOfficer(head, officer("chief_marker", 0));
    await toPanel(head);
    same(await head.locator(".lacks").count(), 0, "nobody is missing");
    const roll = (await secretary.locator("tbody tr:has-text('Chờ') td:nth-child(2)").last().textContent()).trim();
    await secretary.locator("tbody tr:has-text('Chờ') button").last().click();
    for (const nth of [1, 2]) {
      await secretary.click("button:has-text('Ghi thành viên vắng')");
      await secretary.selectOption("dialog select", MEMBERS[nth].name);
      await secretary.fill("dialog textarea", "Nhập viện");
      await secretary.click("dialog button.primary");
      await secretary.waitForSelector(`.hearing dd:has-text('Nhập viện') >> nth=${nth - 1}`);
    }
    await secretary.waitForSelector(`.lacks:has-text('${roll}')`);
    same(await secretary.locator(".lacks button").count(), 0, "who sits appoints nobody");
    await head.waitForSelector(`.lacks:has-text('${roll}')`);
    await head.click(".lacks button.primary");
    await head.click("dialog button.primary");
    await head.waitForSelector("dialog [data-field=reason] .error:not([hidden])");
    await head.fill("dialog #login_name", MEMBERS[1].name);
    await head.fill("dialog #reason", "Hai thành viên nhập viện");
    await head.click("dialog button.primary");
    await head.waitForSelector(`dialog [role=alert]:has-text('${MEMBERS[1].name}')`); // she sits already
    await axe(head, "the appointment of a substitute");
    await screens(head, "panel-substitute");
    await head.fill("dialog #login_name", SUBSTITUTE.name);
    await head.click("dialog button.primary");
    await head.waitForSelector(".lacks", {state: "detached"});
    await signInOfficer(instead, SUBSTITUTE);
    await toPanel(instead);
    members.push(instead);
    await instead.locator("tbody tr", {hasText: roll}).locator("button").click();
    await instead.waitForSelector(".hearing dd:has-text('Hai thành viên nhập viện')");
    await secretary.waitForSelector(".hearing dd:has-text('Hai thành viên nhập viện')");
    await secretary.click(".hearing button:has-text('đang đến lượt')");
    await office.close();
  });
  await step("the others are heard in order; one is absent, with the reason kept", async () => {
    for (; left > 0; left--) {
      await secretary.waitForSelector(".hearing button[data-to=called]");
      if (left === 1) {
        await secretary.click("button[data-to=absent]");
        await secretary.click("dialog button.primary");
        await secretary.waitForSelector("dialog[open] textarea[aria-invalid=true]"); // it stays open until there is a reason
        await secretary.fill("dialog textarea", "Gọi ba lần không có mặt");
        await secretary.click("dialog button.primary");
        break;
      }
      const name = await text(secretary, ".hearing h2");
      await lead(secretary);
      for (const page of members.slice(0, 3)) {
        await page.waitForSelector(`.mark-panel:has(h2:text-is("${name}")) button.primary:not([disabled])`);
        for (const nth of [0, 1, 2]) await page.fill("#mark-" + nth, "8");
        await page.click(".mark-panel button.primary");
        await page.click("dialog button.primary");
        await page.waitForSelector("dialog[open]", {state: "detached"});
      }
    }
    await secretary.waitForSelector("button:has-text('Chốt biên bản')");
  });
  await step("the minutes are fixed and signed by all with their passwords; a wrong one signs nothing", async () => {
    await secretary.click("button:has-text('Chốt biên bản')");
    await signs(secretary, {password: "khong-phai-mat-khau"});
    await secretary.waitForSelector(".toasts > *");
    check((await text(secretary, ".next-step")).match(/Chưa ký/g).length === 5, "nobody has signed");
    await signs(secretary, SECRETARY);
    for (const [nth, page] of members.entries()) {
      await page.waitForSelector(".next-step button.primary:has-text('Ký')");
      if (nth === 0) await screens(page, "panel-sign");
      await signs(page, [...MEMBERS, SUBSTITUTE][nth]);
    }
    await secretary.waitForSelector(".banner.ok");
    await axe(secretary, "a closed panel");
    await screens(secretary, "panel-closed");
    const [download] = await Promise.all([secretary.waitForEvent("download"), secretary.click("a:has-text('Biên bản (PDF)')")]);
    check((await download.failure()) === null, "the minutes come as a file");
  });
  await step("the call list says who is where, and a new panel names what is missing", async () => {
    await members[1].click("a:has-text('Danh sách gọi')");
    await members[1].waitForSelector("h1:has-text('Danh sách gọi')");
    await members[1].waitForSelector("tbody tr");
    await screens(members[1], "panel-call");
    const head = await computer(), page = await head.newPage();
    await signInOfficer(page, officer("chief_marker", 0));
    await page.goto("/can-bo/#/panels/new");
    await page.fill("#cycle", "PV-MINH-HOA");
    await page.fill("#code", "PV2");
    await page.fill("#room", "Phòng 202");
    await page.fill("#chair", "khong.co");
    await page.fill("#secretary", SECRETARY.name);
    await page.fill("#members", MEMBERS[1].name);
    const cells = page.locator(".criteria input");
    for (const [nth, value] of ["Hiểu biết", "40", "0,25"].entries()) await cells.nth(nth).fill(value);
    await page.click("button[type=submit]");
    await page.waitForSelector(".error-summary:has-text('khong.co')");
    await axe(page, "a new panel");
    await screens(page, "panel-new");
    await head.close();
  });
  for (const context of [desk, ...phones, substitute]) {
    same(context.pageErrors, [], "script errors");
    await context.close();
  }
}
