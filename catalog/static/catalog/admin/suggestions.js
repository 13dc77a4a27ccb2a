// A suggestion of the translation memory goes to where the cursor is.
(() => {
  const editors = new Map();
  document.addEventListener("prose-editor:ready", ({ detail }) => editors.set(detail.textarea, detail.editor));

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    const area = button && document.getElementById(button.dataset.into);
    if (!area) return;
    const editor = editors.get(area);
    if (editor) {
      editor.chain().focus().insertContent(button.dataset.insert).run();
    } else {
      area.setRangeText(button.dataset.insert, area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
})();
