// Message components of Discord, old and V2, as DOM; a pure function of the component, acts go through `tools`.

import { el, svg, web } from "./dom.js";
import { customEmoji, hex, renderMarkdown } from "./discord_markdown.js";
import { drawSelect } from "./discord_select.js";

const BUTTONS = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "premium" };

/** The components of a message, top to bottom. */
export function drawParts(components, message, tools) {
  return (components || []).map((each) => drawPart(each, message, tools));
}

function drawPart(part, message, tools) {
  switch (part.type) {
    case 1: return el("div", { class: "row" }, drawParts(part.components, message, tools));
    case 2: return drawButton(part, message, tools);
    case 3: case 5: case 6: case 7: case 8: return drawChoice(part, message, tools);
    case 9: return drawSection(part, message, tools);
    case 10: return renderMarkdown(part.content ?? "", tools);
    case 11: return drawPicture(part, "thumbnail", tools);
    case 12: return drawGallery(part, tools);
    case 13: return drawFile({ url: part.file?.url, name: part.name, size: part.size, spoiler: part.spoiler }, tools);
    case 14: return drawSeparator(part);
    case 17: return drawContainer(part, message, tools);
    default: return el("div", { class: "unknown" }, `[component ${part.type}]`);
  }
}

function drawContainer(part, message, tools) {
  const node = el("div", { class: "container" }, el("div", { class: "inside" }, drawParts(part.components, message, tools)));
  if (part.accent_color !== null && part.accent_color !== undefined) {
    node.classList.add("accented");
    node.style.setProperty("--accent", hex(part.accent_color));
  }
  return part.spoiler ? covered(node) : node;
}

function drawSection(part, message, tools) {
  return el("div", { class: "section" },
    el("div", { class: "texts" }, drawParts(part.components, message, tools)),
    el("div", { class: "accessory" }, part.accessory ? drawPart(part.accessory, message, tools) : null));
}

function drawSeparator(part) {
  const large = part.spacing === 2 ? " large" : "";
  return el("div", { class: `separator${large}${part.divider === false ? " bare" : ""}`, role: "separator" });
}

export function drawEmoji(emoji, tools) {
  return emoji.id ? customEmoji(emoji, tools) : el("span", { class: "sign" }, emoji.name);
}

export function keyOf(message, part) {
  return `${message.id}:${part.custom_id}`;
}

function drawButton(part, message, tools) {
  const kind = BUTTONS[part.style] || "secondary";
  const inner = [part.emoji ? drawEmoji(part.emoji, tools) : null, part.label ? el("span", { class: "label" }, part.label) : null];
  const name = part.label ? null : part.emoji?.name;
  if (part.style === 5) {
    const href = web(part.url);
    const opened = (event) => {
      if (!tools.open) return;
      event.preventDefault();
      tools.open(part.url);
    };
    return el("a", { class: "button link", href, target: "_blank", rel: "noreferrer noopener", title: part.url, onclick: opened },
      inner, outward());
  }
  const busy = tools.busy === keyOf(message, part);
  return el("button", {
    type: "button", class: `button ${kind}${busy ? " busy" : ""}`, "aria-label": name, "aria-busy": busy ? "true" : null,
    disabled: Boolean(part.disabled) || (tools.busy ?? "").startsWith(`${message.id}:`),
    "data-part": part.custom_id, onclick: () => tools.press?.(message, part),
  }, el("span", { class: "content" }, inner), busy ? el("span", { class: "dots", "aria-hidden": "true" }, "•••") : null);
}

function outward() {
  return svg("svg", { viewBox: "0 0 24 24", class: "outward", "aria-hidden": "true" },
    svg("path", { d: "M15 2h6a1 1 0 0 1 1 1v6a1 1 0 1 1-2 0V5.4l-8.3 8.3a1 1 0 0 1-1.4-1.4L18.6 4H15a1 1 0 1 1 0-2ZM5 4h5a1 1 0 1 1 0 2H5a1 1 0 0 0-1 1v12a1 1 0 0 0 1 1h12a1 1 0 0 0 1-1v-5a1 1 0 1 1 2 0v5a3 3 0 0 1-3 3H5a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3Z", fill: "currentColor" }));
}

function drawChoice(part, message, tools) {
  const options = part.type === 3 ? part.options : tools.options?.(part) ?? [];
  return drawSelect(part, options, {
    tools, disabled: Boolean(part.disabled) || (tools.busy ?? "").startsWith(`${message.id}:`),
    busy: tools.busy === keyOf(message, part),
    done: (values) => tools.choose?.(message, part, values),
  });
}

function drawPicture(part, kind, tools) {
  const from = tools.file?.(part.media?.url);
  const told = part.description || "";
  const node = from
    ? el("img", { class: kind, src: from, alt: told, title: told || null, loading: "lazy" })
    : el("span", { class: `${kind} missing`, role: "img", "aria-label": told || "Picture" }, told || "🖼");
  return part.spoiler ? covered(el("span", { class: "held" }, node)) : node;
}

function drawGallery(part, tools) {
  const items = part.items || [];
  return el("div", { class: `gallery count-${Math.min(items.length, 5)}` }, items.map((each) => drawPicture(each, "picture", tools)));
}

/** A file with its name and size; pictures are shown. */
export function drawFile(file, tools) {
  const name = file.name || String(file.url || "").split("/").pop();
  const from = tools.file?.(file.url) ?? web(file.url);
  const size = Number.isFinite(file.size) ? el("span", { class: "size" }, bytes(file.size)) : null;
  const node = el("div", { class: "file" }, el("span", { class: "paper", "aria-hidden": "true" }, "📄"),
    el("div", {}, el("a", { href: from, target: "_blank", rel: "noreferrer noopener", class: "link" }, name), size));
  return file.spoiler ? covered(node) : node;
}

export function bytes(size) {
  if (size < 1024) return `${size} bytes`;
  return size < 1024 * 1024 ? `${(size / 1024).toFixed(2)} KB` : `${(size / 1024 / 1024).toFixed(2)} MB`;
}

/** Hidden under "SPOILER" until it is pressed. */
export function covered(node) {
  const cover = el("button", { type: "button", class: "cover" }, "Spoiler");
  const held = el("div", { class: "covered" }, node, cover);
  cover.addEventListener("click", () => {
    held.classList.remove("covered");
    cover.remove();
  });
  return held;
}
