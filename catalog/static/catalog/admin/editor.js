// Parts of the editor that write nothing but what catalog.richtext keeps.
import { crel, Image, Link, updateAttrsDialog } from "django-prose-editor/editor"

const altDialog = updateAttrsDialog({ alt: { type: "string", title: "Alternative text" } }, { title: "Picture" })

// Pictures of the asset library only; what is pasted from elsewhere is left out at once, not when it is saved.
export const AssetImage = Image.extend({
  addAttributes() {
    return { src: { default: null }, alt: { default: "" } }
  },
  parseHTML() {
    return [{ tag: 'img[src^="asset:"]' }]
  },
  // A browser cannot fetch asset: addresses, so the picture shows as what it is called. Twice clicked, it asks for words.
  addNodeView() {
    return ({ node, getPos, editor }) => {
      const dom = crel("span", {
        className: "t-asset",
        title: "Click twice to say what it shows",
        textContent: [node.attrs.src.replace("asset:", ""), node.attrs.alt].filter(Boolean).join(": "),
      })
      dom.addEventListener("dblclick", () => {
        altDialog(editor, node.attrs).then((attrs) => {
          if (attrs) editor.chain().setNodeSelection(getPos()).updateAttributes("image", attrs).run()
        })
      })
      return { dom }
    }
  },
})

const addressDialog = updateAttrsDialog({ href: { type: "string", title: "URL" } }, { title: "Edit Link" })

// Links have an address and nothing else.
export const PlainLink = Link.extend({
  addAttributes() {
    return { href: { default: null, parseHTML: (element) => element.getAttribute("href") } }
  },
  addCommands() {
    return {
      ...this.parent?.(),
      addLink:
        () =>
        ({ editor }) => {
          if (editor.state.selection.empty && !editor.isActive("link")) return
          addressDialog(editor, editor.getAttributes(this.name)).then((attrs) => {
            if (attrs) editor.chain().focus().extendMarkRange(this.name).setMark(this.name, attrs).run()
          })
        },
    }
  },
})
