// One switch for the language of all texts of a form. The rules that hide the others stand in the page's head.
(() => {
  const root = document.documentElement;
  // Each language's code, and the ending of its columns' names: "de-at" and "de_at".
  const endings = new Map(document.currentScript.dataset.languages.trim().split(" ").map((pair) => pair.split(":")));
  const offered = [...endings.keys()];
  const KEY = "tessera.contentLanguage";
  const stored = localStorage.getItem(KEY);
  root.dataset.contentLanguage = [stored, root.lang, offered[0]].find((code) => offered.includes(code));

  const isIn = (part, code) =>
    part.dataset.language === code || [...part.classList].some((name) => name.endsWith(`_${endings.get(code)}`));
  const partsIn = (code) =>
    [...document.querySelectorAll("[data-language], .field-line, td.field-tabular")].filter((part) => isIn(part, code));

  function choose(code) {
    root.dataset.contentLanguage = code;
    localStorage.setItem(KEY, code);
    for (const button of document.querySelectorAll("[data-choose-language]")) {
      button.setAttribute("aria-pressed", String(button.dataset.chooseLanguage === code));
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const bar of document.querySelectorAll(".t-languages")) {
      if (!partsIn(offered[0]).length) continue;
      bar.hidden = false;
      for (const button of bar.querySelectorAll("button")) {
        const code = button.dataset.chooseLanguage;
        const parts = partsIn(code);
        const wrong = parts.some((part) => part.matches(".errors") || part.querySelector(".errorlist, .t-error"));
        button.classList.toggle("t-wrong", wrong);
        button.addEventListener("click", () => choose(code));
      }
    }
    choose(document.querySelector(".t-languages .t-wrong")?.dataset.chooseLanguage ?? root.dataset.contentLanguage);
    document.querySelector(".t-error, .errorlist")?.scrollIntoView({ block: "center" });
  });
})();
