// dom.js: builds elements. Text goes in as text nodes only; there is no way here to parse HTML.

/** h("p", {class: "muted", onclick: f}, "text", child, …): attributes as given, on… as listeners, null skipped. */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && typeof value === "boolean") element[name] = value;
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) append(element, child);
    else element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Replaces all that `element` holds. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

/** Shows a new view: replaces it, moves focus to its heading, sets the window's title. */
export function showView(root, title, ...children) {
  fill(root, ...children);
  document.title = title + " · Khoacu";
  const heading = root.querySelector("h1");
  if (heading) {
    heading.tabIndex = -1;
    heading.focus({preventScroll: true});
  }
  window.scrollTo(0, 0);
}

let toasts;
/** Says something that needs no answer; `action` ({label, run, seconds}) adds a button by which it can be taken back. */
export function toast(text, action = null) {
  if (!toasts) {
    toasts = h("div", {class: "toasts", role: "status"});
    document.body.append(toasts);
  }
  const note = h("div", {}, text, action ? h("button", {type: "button", onclick: () => { note.remove(); void action.run(); }}, action.label) : null);
  toasts.append(note);
  setTimeout(() => note.remove(), (action?.seconds ?? (action ? 12 : 6)) * 1000);
}

/** A native modal dialog; resolves with the value of the button that closed it, or null. A button with `check` closes it only when that gives true. */
export function ask(title, body, buttons) {
  return new Promise((resolve) => {
    const id = "ask-" + Math.random().toString(36).slice(2);
    const dialog = h("dialog", {"aria-labelledby": id}, h("h2", {id}, title), body,
      h("div", {class: "row end"}, buttons.map((button) =>
        h("button", {type: "button", class: button.class, onclick: (event) => void press(event.currentTarget, button)}, button.text))));
    async function press(pressed, {value, check}) {
      pressed.disabled = true; // one press, one act
      const closes = !check || (await check());
      pressed.disabled = false;
      if (closes) dialog.close(value);
    }
    dialog.addEventListener("close", () => {
      const value = dialog.returnValue;
      dialog.remove();
      resolve(value || null);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
