// The pages of an output as its form is filled in: asked for anew a moment after the last change.
(() => {
  const section = document.querySelector("[data-preview]");
  const form = section?.closest("form") ?? document.querySelector("#output_form");
  if (!section || !form) return;
  const shown = section.querySelector(".t-proof-shown");
  let waiting, asking;

  const show = async () => {
    asking?.abort();
    asking = new AbortController();
    shown.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(section.dataset.preview, { method: "POST", body: new FormData(form), signal: asking.signal });
      if (!answer.ok) throw new Error(answer.statusText);
      shown.innerHTML = await answer.text();
    } catch (error) {
      if (error.name === "AbortError") return;
      shown.textContent = "The preview could not be made. Try again.";
    }
    shown.removeAttribute("aria-busy");
  };

  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 700);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  show();
})();
