// What saving the form as it stands would change outside; nothing is saved by asking.
(() => {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-impact]");
    if (!button) return;
    const told = document.getElementById(button.getAttribute("aria-controls"));
    button.disabled = true;
    told.textContent = "…";
    try {
      const answer = await fetch(button.dataset.impact, { method: "POST", body: new FormData(button.form) });
      const { impact, problems } = await answer.json();
      told.textContent = problems.length ? problems.join(" ") : `If it goes out as it is written here: ${impact}`;
    } catch {
      told.textContent = "That could not be found out. Try again.";
    } finally {
      button.disabled = false;
    }
  });
})();
