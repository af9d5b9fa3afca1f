// An embed of an older message, as DOM.

import { el, web } from "./dom.js";
import { hex, renderInline, renderMarkdown } from "./discord_markdown.js";

export function drawEmbed(embed, tools) {
  const title = embed.title ? renderInline(embed.title, tools, Boolean(embed.url)) : null;
  const link = web(embed.url);
  const node = el("div", { class: "embed" },
    embed.author?.name ? el("div", { class: "by" }, embed.author.name) : null,
    title ? el("div", { class: "title" }, link ? el("a", { href: link, class: "link", target: "_blank", rel: "noreferrer noopener" }, title) : title) : null,
    embed.description ? renderMarkdown(embed.description, tools) : null,
    embed.fields?.length ? el("div", { class: "fields" }, embed.fields.map((each) => el("div", { class: each.inline ? "inline" : "" },
      el("div", { class: "title" }, renderInline(each.name, tools)), renderMarkdown(each.value, tools)))) : null,
    embed.footer?.text ? el("div", { class: "footer" }, embed.footer.text) : null);
  if (embed.color) node.style.setProperty("--accent", hex(embed.color));
  return node;
}
