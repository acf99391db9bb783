// Light or dark: as the system says, unless somebody chose.

const KEY = "hamster-console-theme";
const CHOICES = ["auto", "light", "dark"];
const system = matchMedia("(prefers-color-scheme: dark)");
const listeners = [];

let choice = read();

function read() {
  try {
    const stored = localStorage.getItem(KEY);
    return CHOICES.includes(stored) ? stored : "auto";
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
    return "auto";
  }
}

function write() {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // As above.
  }
}

function apply(button) {
  document.documentElement.dataset.theme = choice;
  button.textContent = `Theme: ${choice}`;
  listeners.forEach(listener => listener());
}

export function isDark() {
  return choice === "auto" ? system.matches : choice === "dark";
}

export function onThemeChange(listener) {
  listeners.push(listener);
}

export function startTheme(button) {
  button.addEventListener("click", () => {
    choice = CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length];
    write();
    apply(button);
  });
  system.addEventListener("change", () => apply(button));
  apply(button);
}
