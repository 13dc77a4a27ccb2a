// Parts of the editor that write nothing but what catalog.richtext keeps.
import { Image, Link, updateAttrsDialog } from "django-prose-editor/editor"

// Pictures of the asset library only; what is pasted from elsewhere is left out at once, not when it is saved.
export const AssetImage = Image.extend({
  addAttributes() {
    return { src: { default: null }, alt: { default: "" } }
  },
  parseHTML() {
    return [{ tag: 'img[src^="asset:"]' }]
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
