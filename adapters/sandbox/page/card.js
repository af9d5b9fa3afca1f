// One card alone: JSON from /card.json, or base64url of JSON after "#"; ?platform=slack|discord.

import { add } from "./dom.js";

const platform = new URLSearchParams(location.search).get("platform") || "slack";

async function card() {
  if (location.hash.length < 2) return (await fetch("/card.json")).json();
  const bytes = Uint8Array.from(atob(location.hash.slice(1).replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.codePointAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

async function draw() {
  const [json, signs] = await Promise.all([card(), (await fetch("/emoji.json")).json()]);
  const tools = { emoji: signs, now: () => Date.now(), people: [], confirm: async () => false, ...((json && json.tools) || {}) };
  const root = document.querySelector("#card");
  root.className = `${platform} half one-card`;
  if (platform === "slack") add(root, await slack(json, tools));
  else {
    const { renderComponents } = await import("./discord_components.js");
    const message = Array.isArray(json) ? { components: json, flags: 1 << 15, author: { id: "1", username: "Sidestage", bot: true }, timestamp: new Date().toISOString() } : json;
    add(root, renderComponents(message, tools));
  }
}

async function slack(json, tools) {
  const { renderBlocks, renderView } = await import("./slack_blocks.js");
  if (!Array.isArray(json) && (json.type === "modal" || json.type === "home")) {
    if (json.type === "home") return renderView(json, tools);
    const { modalBox } = await import("./slack_modal.js");
    return modalBox(json, { ...tools, still: true });
  }
  const message = Array.isArray(json) ? { blocks: json } : json;
  const made = { ts: String(Date.now() / 1000), bot_id: "B1", bot_profile: { name: "Sidestage" }, ...message };
  return renderBlocks(made, tools);
}

draw().then(
  () => (document.body.dataset.drawn = "yes"),
  (error) => {
    document.body.dataset.drawn = "no";
    setTimeout(() => {
      throw error;
    });
  },
);
