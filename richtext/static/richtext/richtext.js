/* <rich-text>: puts an editor where the textarea is. Whenever anything fails, the textarea stays and works. */

const COMMANDS = {
  heading: (chain) => chain.toggleHeading({ level: 3 }),
  bold: (chain) => chain.toggleBold(),
  italic: (chain) => chain.toggleItalic(),
  bulletList: (chain) => chain.toggleBulletList(),
  orderedList: (chain) => chain.toggleOrderedList(),
  blockquote: (chain) => chain.toggleBlockquote(),
  undo: (chain) => chain.undo(),
};
const LINK = /^(https?:\/\/|mailto:)/i;
const ARROWS = { ArrowRight: 1, ArrowLeft: -1 };

class RichText extends HTMLElement {
  async connectedCallback() {
    if (this.editor || this.loading) return;
    this.loading = true;
    this.source = this.querySelector("textarea");
    if (!this.source || this.source.disabled || this.source.readOnly) return;
    const library = await import(this.dataset.editor);
    // Somebody who began to type before the editor came keeps what they typed.
    if (!this.isConnected || this.source.value !== this.source.defaultValue) return;
    this.build(library);
  }

  disconnectedCallback() {
    this.editor?.destroy();
  }

  build(library) {
    const place = document.createElement("div");
    place.className = "richtext__editor";
    this.source.before(place);
    this.editor = new library.Editor({
      element: place,
      content: this.dataset.html,
      // Its own style sheet would need a nonce; richtext.css holds the few rules it wants.
      injectCSS: false,
      extensions: [
        library.Document,
        library.Paragraph,
        library.Text,
        library.History,
        library.Bold,
        library.Italic,
        library.BulletList,
        library.OrderedList.configure({ enableListAttributes: false }),
        library.ListItem,
        library.Heading.configure({ levels: [3, 4] }),
        library.Blockquote,
        library.HardBreak,
        library.Link.extend({ addKeyboardShortcuts: () => ({ "Mod-k": () => this.openLink() }) }).configure({
          enableTarget: false,
          protocols: ["http", "https", "mailto"],
        }),
      ],
      editorProps: { attributes: this.attributesOfSource() },
      onUpdate: () => this.send(),
      onTransaction: () => this.showState(),
    });
    this.takeOver();
    this.wireToolbar();
    this.wireLink();
    this.showState();
    this.dispatchEvent(new CustomEvent("rich-text:ready", { bubbles: true }));
  }

  attributesOfSource() {
    const label = this.source.id && document.querySelector(`label[for="${CSS.escape(this.source.id)}"]`);
    const attributes = { role: "textbox", "aria-multiline": "true", class: "richtext__text prose" };
    if (label) {
      attributes["aria-label"] = label.textContent.trim();
      label.addEventListener("click", () => this.editor?.commands.focus());
    }
    for (const name of ["aria-describedby", "aria-invalid", "aria-required", "lang"]) {
      if (this.source.hasAttribute(name)) attributes[name] = this.source.getAttribute(name);
    }
    return attributes;
  }

  takeOver() {
    const id = this.source.id;
    this.source.hidden = true;
    if (id) {
      // Links to the field, as in the list of errors, lead to what is now seen.
      this.source.id = `${id}-source`;
      this.editor.view.dom.id = id;
    }
    this.source.value = this.html();
    this.source.defaultValue = this.source.value;
    this.querySelector('input[name$="-format"]').value = "html";
    this.querySelector(".richtext__help").hidden = true;
    this.querySelector(".richtext__toolbar").hidden = false;
  }

  html() {
    // What the server adds to links is no part of the text.
    return this.editor.isEmpty ? "" : this.editor.getHTML().replaceAll(' rel="noopener noreferrer"', "");
  }

  send() {
    this.source.value = this.html();
    this.source.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Put back words that were kept elsewhere; `kind` is "html" from the editor or "text" from the plain textarea. */
  restore(value, kind) {
    if (!this.editor) {
      this.source.value = value;
      this.querySelector('input[name$="-format"]').value = kind;
      return;
    }
    const paragraphs = value.split(/\n{2,}/).map((text) => ({ type: "paragraph", content: text ? [{ type: "text", text }] : [] }));
    this.editor.commands.setContent(kind === "html" ? value : { type: "doc", content: paragraphs }, { emitUpdate: true });
  }

  wireToolbar() {
    const toolbar = this.querySelector(".richtext__toolbar");
    this.tools = [...toolbar.querySelectorAll("[data-command]")];
    this.tools.forEach((tool, index) => {
      tool.tabIndex = index ? -1 : 0;
      tool.addEventListener("click", () => {
        const command = COMMANDS[tool.dataset.command];
        if (command) command(this.editor.chain().focus()).run();
        else this.openLink();
      });
    });
    toolbar.addEventListener("keydown", (event) => {
      const step = ARROWS[event.key];
      if (!step) return;
      event.preventDefault();
      const at = this.tools.indexOf(document.activeElement);
      const next = this.tools[(at + step + this.tools.length) % this.tools.length];
      this.tools.forEach((tool) => (tool.tabIndex = tool === next ? 0 : -1));
      next.focus();
    });
  }

  showState() {
    for (const tool of this.tools ?? []) {
      const { command } = tool.dataset;
      if (command !== "undo") tool.setAttribute("aria-pressed", String(this.editor.isActive(command)));
    }
  }

  openLink() {
    this.linkBox.hidden = false;
    this.linkInput.value = this.editor.getAttributes("link").href ?? "";
    this.linkInput.focus();
    return true;
  }

  wireLink() {
    this.linkBox = this.querySelector(".richtext__link");
    this.linkInput = this.linkBox.querySelector("input");
    const close = () => {
      this.linkBox.hidden = true;
      this.editor.commands.focus();
    };
    const set = () => {
      let href = this.linkInput.value.trim();
      if (!href) return this.linkInput.focus();
      if (!LINK.test(href)) href = href.includes("@") ? `mailto:${href}` : `https://${href}`;
      const chain = this.editor.chain().focus().extendMarkRange("link");
      if (this.editor.state.selection.empty && !this.editor.isActive("link")) {
        chain.insertContent({ type: "text", text: href, marks: [{ type: "link", attrs: { href } }] }).run();
      } else {
        chain.setLink({ href }).run();
      }
      close();
    };
    this.linkBox.querySelector('[data-link="set"]').addEventListener("click", set);
    this.linkBox.querySelector('[data-link="remove"]').addEventListener("click", () => {
      this.editor.chain().focus().extendMarkRange("link").unsetLink().run();
      close();
    });
    this.linkInput.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close();
      if (event.key !== "Enter") return;
      event.preventDefault();
      set();
    });
    // The address is a tool of the editor, not part of the form's own content.
    this.linkInput.addEventListener("input", (event) => event.stopPropagation());
  }
}

if (!customElements.get("rich-text")) customElements.define("rich-text", RichText);
