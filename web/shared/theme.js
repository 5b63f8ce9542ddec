// theme.js: the person's own look: light, dark or contrast, and the size of type; kept on this computer.

const THEME = "khoacu.theme", SIZE = "khoacu.size";
export const THEMES = ["light", "dark", "contrast"];
export const SIZES = [100, 125, 150];

export const currentTheme = () => localStorage.getItem(THEME) ?? "light";
export const currentSize = () => Number(localStorage.getItem(SIZE) ?? 100);

export function applyLook() {
  document.documentElement.dataset.theme = currentTheme();
  document.documentElement.style.fontSize = currentSize() + "%";
}
export function chooseTheme(theme) {
  localStorage.setItem(THEME, theme);
  applyLook();
}
export function chooseSize(size) {
  localStorage.setItem(SIZE, String(size));
  applyLook();
}
