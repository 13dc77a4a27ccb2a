// Beside the texts of a fragment: what they refer to in vain, how they would read, and a box to put references in.
(() => {
  const editors = new Map();
  document.addEventListener("prose-editor:ready", ({ detail }) => editors.set(detail.textarea, detail.editor));

  const KINDS = {
    fact: "Fact of the product",
    label: "What an attribute is called",
    product: "The product itself",
    link: "Link to another product",
    fragment: "Other fragment",
    asset: "Picture",
  };

  const made = (tag, properties = {}, children = []) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  function put(field, text) {
    const editor = editors.get(field);
    const asset = /^asset:(.+)$/.exec(text);
    if (editor) {
      const piece = asset ? { type: "image", attrs: { src: text, alt: "" } } : { type: "text", text };
      editor.chain().focus().insertContent(piece).run();
    } else if (!asset) {
      field.focus();
      field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  function replace(field, before, after) {
    const editor = editors.get(field);
    if (editor) {
      editor.commands.setContent(editor.getHTML().replaceAll(before, after), { emitUpdate: true });
    } else {
      field.value = field.value.replaceAll(before, after);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  class Words {
    constructor(fields) {
      this.fields = fields;
      this.form = fields[0].form;
      this.url = fields[0].dataset.words;
      this.current = fields[0];
      this.lists = new Map(fields.map((field) => [field.lang, this.besides(field)]));
      this.picker = this.pickerBox();
      this.reader = this.readerBox();
      const line = fields[0].closest(".field-line, .form-row, .field-row") ?? fields[0].parentElement;
      line.before(made("div", { className: "t-words" }, [this.picker, this.reader]));
      for (const field of fields) {
        const box = field.closest(".prose-editor")?.parentElement ?? field.parentElement;
        box.addEventListener("focusin", () => { this.current = field; });
        field.addEventListener("input", () => this.soon());
      }
      this.check();
    }

    besides(field) {
      const list = made("ul", { className: "t-words-problems" });
      list.setAttribute("aria-live", "polite");
      (field.closest(".prose-editor") ?? field).after(list);
      return list;
    }

    // --- Putting a reference in ---------------------------------------------------------------------------------
    pickerBox() {
      const kind = made("select", { ariaLabel: "What to refer to" }, Object.entries(KINDS).map(([value, label]) => made("option", { value, textContent: label })));
      const options = made("datalist", { id: "t-words-options" });
      const box = made("input", { type: "text", placeholder: "Type a code or a name", autocomplete: "off", ariaLabel: "Find by code or name" });
      box.setAttribute("list", options.id);
      const button = made("button", { type: "button", textContent: "Put in" });
      const found = new Map();
      const find = async () => {
        const answer = await fetch(`${this.url}?${new URLSearchParams({ kind: kind.value, q: box.value.split(" – ")[0] })}`);
        if (!answer.ok) return;
        const { results } = await answer.json();
        found.clear();
        for (const { label, insert } of results) found.set(label, insert);
        options.replaceChildren(...results.map(({ label }) => made("option", { value: label })));
      };
      const insert = async () => {
        if (!found.has(box.value)) await find();
        const text = found.get(box.value) ?? (found.size === 1 ? [...found.values()][0] : null);
        box.setCustomValidity(text ? "" : "Nothing is called so.");
        if (!text) { box.reportValidity(); return; }
        put(this.shown(), text);
        box.value = "";
      };
      let wait;
      box.addEventListener("input", () => { box.setCustomValidity(""); clearTimeout(wait); wait = setTimeout(find, 200); });
      box.addEventListener("focus", find);
      box.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); insert(); } });
      kind.addEventListener("change", () => { found.clear(); box.value = ""; find(); });
      button.addEventListener("click", insert);
      return made("div", { className: "t-words-row" }, [kind, box, options, button]);
    }

    // The text that was written in last, if it is in the language that shows; else the one that shows.
    shown() {
      const chosen = document.documentElement.dataset.contentLanguage;
      if (!chosen || this.current.lang === chosen) return this.current;
      return this.fields.find((field) => field.lang === chosen) ?? this.current;
    }

    // --- How it reads -------------------------------------------------------------------------------------------
    readerBox() {
      this.product = made("input", { type: "text", placeholder: "SKU", ariaLabel: "Show the text for the product with this SKU", autocomplete: "off" });
      this.channel = made("select", { ariaLabel: "In the channel" }, [made("option", { value: "", textContent: "All channels" })]);
      this.previews = made("div", { className: "t-words-previews" });
      this.previews.setAttribute("aria-live", "polite");
      this.product.addEventListener("keydown", (event) => { if (event.key === "Enter") { event.preventDefault(); this.check(); } });
      this.product.addEventListener("change", () => this.check());
      this.channel.addEventListener("change", () => this.check());
      const row = made("div", { className: "t-words-row" }, [made("span", { textContent: "Preview for" }), this.product, this.channel]);
      return made("div", {}, [row, this.previews]);
    }

    soon() {
      clearTimeout(this.wait);
      this.wait = setTimeout(() => this.check(), 600);
    }

    async check() {
      this.asked?.abort();
      this.asked = new AbortController();
      const data = new FormData();
      data.set("csrfmiddlewaretoken", this.form.querySelector("[name=csrfmiddlewaretoken]").value);
      data.set("code", this.form.querySelector("[name=code]")?.value ?? "");
      data.set("pk", this.fields[0].dataset.wordsPk);
      data.set("rich", this.fields[0].dataset.wordsRich);
      data.set("product", this.product.value);
      data.set("channel", this.channel.value);
      for (const field of this.fields) data.set(`text_${field.lang}`, field.value);
      try {
        const answer = await fetch(this.url, { method: "POST", body: data, signal: this.asked.signal });
        if (answer.ok) this.show(await answer.json());
      } catch (error) {
        if (error.name !== "AbortError") throw error;
      }
    }

    show({ problems, empty, previews, channels }) {
      if (this.channel.options.length === 1) {
        this.channel.append(...channels.map((code) => made("option", { value: code, textContent: code })));
      }
      for (const field of this.fields) {
        const amiss = problems.filter(({ language }) => language === field.lang).map((problem) => this.told(field, problem));
        const lacking = empty.filter(({ language }) => language === field.lang).map(({ message }) => made("li", { className: "t-words-note", textContent: message }));
        this.lists.get(field.lang).replaceChildren(...amiss, ...lacking);
      }
      this.previews.replaceChildren(...previews.map(({ language, html, text, problem }) => {
        const shown = made("div", { className: problem ? "t-words-problem" : "t-words-preview", lang: language });
        shown.dataset.language = language;
        if (problem) shown.textContent = problem;
        else if (html) shown.innerHTML = html; // clean markup of catalog.richtext, made by the server
        else shown.textContent = text;
        return shown;
      }));
    }

    told(field, { message, reference, suggestion, fatal }) {
      const item = made("li", { className: fatal ? "t-words-problem" : "t-words-note", textContent: message });
      if (suggestion) {
        const use = made("button", { type: "button", textContent: `Use ${suggestion}` });
        use.addEventListener("click", () => replace(field, reference, suggestion));
        item.append(" ", use);
      }
      return item;
    }
  }

  window.addEventListener("load", () => {
    const fields = [...document.querySelectorAll("textarea[data-words]")];
    if (fields.length) new Words(fields);
  });
})();
