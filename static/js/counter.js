// Under a text with `data-most`: how many characters are left. The server counts too, and has the last word.
const words = new Intl.NumberFormat(document.documentElement.lang);
const length = (area) => area.value.replace(/\r\n?/g, "\n").length;

for (const area of document.querySelectorAll(":is(textarea, input)[data-most]")) {
  const most = Number(area.dataset.most);
  const line = document.createElement("p");
  line.className = "field__hint";
  line.setAttribute("aria-hidden", "true");
  const spoken = document.createElement("p");
  spoken.className = "visually-hidden";
  spoken.setAttribute("aria-live", "polite");
  area.after(line, spoken);

  const show = () => {
    const left = most - length(area);
    line.textContent = `${words.format(length(area))} / ${words.format(most)}`;
    line.classList.toggle("field__error", left < 0);
    return left;
  };
  let timer;
  area.addEventListener("input", () => {
    show();
    // Said aloud only near the end, and only when the writer pauses.
    clearTimeout(timer);
    timer = setTimeout(() => {
      spoken.textContent = show() < most / 10 ? line.textContent : "";
    }, 1000);
  });
  show();
}
