// Slack's half: one person's app, drawn anew from what the stand-in server shows them whenever something has changed.

import { el, put, redraw } from "./dom.js";
import { closeMenu } from "./menu.js";
import { Acts } from "./slack_acts.js";
import { Modals } from "./slack_modal.js";
import { renderBlocks } from "./slack_blocks.js";
import { head, home, list } from "./slack_room.js";
import { sidebar } from "./slack_side.js";
import { composer } from "./slack_write.js";

/** Messages that are asked for at first, and so many more each time. */
const PAGE = 100;

export function mount(root, api) {
  return new Half(root, api);
}

/** Whoever reads the newest message still does so when the room for it gets smaller. */
function keepLow(node, told = () => {}) {
  const look = () => {
    node.low = node.scrollHeight - node.scrollTop - node.clientHeight < 60;
    if (node.low) told();
  };
  node.addEventListener("scroll", look);
  new ResizeObserver(() => node.low !== false && (node.scrollTop = node.scrollHeight)).observe(node);
}

class Half extends Acts {
  constructor(root, api) {
    super();
    Object.assign(this, { root, api, user: api.person ? api.person.id : "", channel: "", threadTs: "", pane: "messages", editing: null, last: PAGE, view: null, sign: "" });
    this.held = new Map(); // container → {block_id/action_id: what was put there}
    this.seen = new Map(); // person → {channel: newest message that they have read}
    this.local = new Map(); // person and channel → what Slackbot said to them alone
    this.busy = false;
    this.again = false;
    this.parts();
    this.modals = new Modals(root, this);
    api.onChange(() => this.refresh());
    if (this.user) this.refresh();
    else put(this.main, el("p", { class: "nothing" }, "Nobody is there to be played."));
  }

  parts() {
    this.side = el("nav", { class: "side", "aria-label": "Channels" });
    this.head = el("header", { class: "head" });
    this.messages = el("div", { class: "messages", role: "log", "aria-label": "Messages", tabindex: 0 });
    this.foot = el("div", { class: "foot" });
    this.homeNode = el("div", { class: "home", role: "tabpanel", "aria-label": "Home" });
    this.main = el("section", { class: "room-pane", "aria-label": "Channel" }, this.head, this.messages, this.homeNode, this.foot);
    this.threadList = el("div", { class: "messages", role: "log", "aria-label": "Thread" });
    this.threadFoot = el("div", { class: "foot" });
    this.threadPane = el("section", { class: "thread-pane", "aria-label": "Thread", hidden: true },
      el("header", { class: "thread-head" }, el("h2", {}, "Thread"), el("span", { class: "note" }), el("button", { type: "button", class: "plain", "aria-label": "Close thread", onclick: () => this.thread("") }, "✕")),
      this.threadList, this.threadFoot);
    this.newer = el("button", { type: "button", class: "newer", hidden: true, onclick: () => (this.messages.scrollTop = this.messages.scrollHeight) }, "↓ Latest messages");
    this.foot.before(this.newer);
    keepLow(this.messages, () => (this.newer.hidden = true));
    keepLow(this.threadList);
    this.root.dataset.screen = "room";
    put(this.root, el("div", { class: "window-parts" }, this.side, this.main, this.threadPane));
  }

  // -- what the server shows ----------------------------------------------------------------------------------------

  async refresh() {
    if (this.busy) return void (this.again = true);
    this.busy = true;
    do {
      this.again = false;
      const asked = [this.user, this.channel, this.threadTs].join();
      try {
        const view = await this.api.view(this.user, this.channel, { last: this.last, ...(this.threadTs ? { thread: this.threadTs } : {}) });
        if (asked !== [this.user, this.channel, this.threadTs].join()) this.again = true;
        else this.draw(view);
      } catch (error) {
        // Out of their sight now: the first channel takes its place. A server that is gone leaves what is shown.
        if (this.channel && /sees no channel/.test(error.message)) {
          this.channel = this.threadTs = "";
          this.again = true;
        }
        this.api.say(error.message);
      }
    } while (this.again);
    this.busy = false;
  }

  draw(view) {
    const moved = !this.view || this.view.channel !== view.channel || this.view.me.id !== view.me.id;
    this.view = view;
    this.channel = view.channel;
    this.read();
    const rooms = Object.fromEntries(view.rooms.map((room) => [room.id, room.name]));
    this.common = { names: view.names, rooms, people: view.people, bots: view.apps.map((app) => app.bot), place: view.room && view.room.name ? `#${view.room.name}` : "", emoji: this.api.emoji, me: view.me.id, file: this.api.file, open: (url) => this.api.open(url), go: (id) => this.go(id) };
    this.sign = JSON.stringify([view.names, rooms, view.people.length, view.me, this.channel, view.room && [view.room.member, view.room.archived], view.apps]);
    const marks = [...view.rooms, ...view.directs].map((room) => this.unread(room));
    const rooms_ = view.rooms.map((room) => ({ ...room, last: "" }));
    redraw(this.side, [view.me, view.channel, rooms_, view.directs.map((one) => one.id), marks, view.people], () => sidebar(this));
    redraw(this.head, [view.channel, view.room, view.names, this.pane], () => head(this));
    const onHome = view.channel === "@home";
    this.messages.hidden = onHome;
    this.homeNode.hidden = !onHome;
    if (onHome) home(this, this.homeNode);
    else this.drawMessages(moved);
    this.drawFoot(moved);
    this.drawThread();
    this.modals.draw(view.modal);
  }

  drawMessages(moved) {
    const low = moved || this.messages.low !== false;
    if (this.pane === "pins") return void put(this.messages, this.view.room.pinned.map((one) => [renderBlocks(one, this.common), el("div", { class: "day" }, el("button", { type: "button", class: "button", onclick: () => this.jump(one.ts) }, "Jump"))]));
    if (moved) this.messages.replaceChildren();
    const said = this.local.get(`${this.user} ${this.channel}`) || [];
    const shown = [...this.view.messages, ...said].sort((one, other) => Number(one.ts) - Number(other.ts));
    list(this, this.messages, shown, "room");
    if (!shown.length) put(this.messages, el("p", { class: "nothing", "data-key": "nothing" }, "Nothing has been written here yet."));
    if (low) this.messages.scrollTop = this.messages.scrollHeight;
    else if (this.newest !== shown.at(-1)?.ts) this.newer.hidden = false;
    this.newest = shown.at(-1)?.ts;
    if (this.wanted) this.flash();
  }

  drawFoot(moved) {
    const { room, channel } = this.view;
    const app = this.app();
    const can = room && room.member && !room.archived && !(app && app.read_only);
    const kind = `${this.user} ${channel} ${can} ${room ? [room.member, room.archived] : ""}`;
    if (this.footKind === kind && !moved) return;
    this.footKind = kind;
    if (channel === "@home" || !room) return void put(this.foot);
    if (room.archived) return void put(this.foot, el("p", { class: "closed" }, "This channel is archived."));
    if (!room.member) return void put(this.foot, el("div", { class: "closed" }, el("b", {}, `# ${room.name}`), el("button", { type: "button", class: "button primary", onclick: () => this.act("join", { channel: room.id }) }, "Join Channel")));
    if (!can) return void put(this.foot, el("p", { class: "closed" }, "Sending messages to this app has been turned off."));
    const label = room.kind === "im" ? `Message ${this.view.names[room.with] || "Slackbot"}` : `Message ${room.kind === "group" ? "🔒 " : "#"}${room.name}`;
    put(this.foot, composer(this, () => ({ channel: this.channel, thread: "" }), label));
  }

  drawThread() {
    const { thread, room } = this.view;
    this.threadPane.hidden = !thread;
    this.root.classList.toggle("with-thread", Boolean(thread));
    if (!thread) {
      this.threadKind = "";
      if (this.root.dataset.screen === "thread") this.screen("room");
      return;
    }
    const low = this.threadKind !== thread.ts || this.threadList.low !== false;
    this.threadPane.querySelector(".note").textContent = room.kind === "im" ? "" : `# ${room.name}`;
    const said = this.local.get(`${this.user} ${thread.ts}`) || [];
    list(this, this.threadList, [thread.root, ...thread.messages, ...said], "thread");
    if (this.threadKind !== thread.ts) {
      this.threadKind = thread.ts;
      put(this.threadFoot, room.member && !room.archived && composer(this, () => ({ channel: this.channel, thread: this.threadTs }), "Reply…"));
    }
    if (low) this.threadList.scrollTop = this.threadList.scrollHeight;
  }

  // -- where they are -----------------------------------------------------------------------------------------------

  app() {
    return this.view.apps.find((one) => this.view.channel === "@home" || one.direct === this.view.channel) || null;
  }

  /** An app opens at its Home where it has one. */
  go(channel, messages = false) {
    closeMenu();
    const app = this.view && this.view.apps.find((one) => one.direct === channel);
    if (app && app.home && !messages) return this.home();
    if (channel !== this.channel) this.threadTs = "";
    this.channel = channel;
    this.pane = "messages";
    this.editing = null;
    this.last = PAGE;
    this.screen("room");
    return this.refresh();
  }

  async home() {
    this.channel = "@home";
    this.threadTs = "";
    this.screen("room");
    await this.act("home", { tab: "home" });
  }

  screen(name) {
    this.root.dataset.screen = name;
  }

  show(pane) {
    this.pane = pane;
    this.messages.replaceChildren();
    this.refresh();
  }

  earlier() {
    this.last += PAGE;
    this.refresh();
  }

  thread(ts) {
    this.threadTs = ts;
    this.screen(ts ? "thread" : "room");
    return this.refresh();
  }

  become(id) {
    this.user = id;
    this.channel = "";
    this.threadTs = "";
    this.editing = null;
    this.messages.replaceChildren();
    this.threadList.replaceChildren();
    this.api.chose(id);
    this.refresh();
  }

  /** A link of this workspace: to a channel, a message, the app's Home. */
  open(address) {
    const url = (() => {
      try {
        return new URL(address);
      } catch {
        return null;
      }
    })();
    if (!url || !this.view) return false;
    const ours = url.host === `${this.view.workspace.domain}.slack.com`;
    if (url.protocol === "slack:" || (ours && url.pathname === "/app_redirect")) return this.deepLink(url.searchParams);
    if (!ours) return false;
    const hit = /^\/archives\/(\w+)(?:\/p(\d{10})(\d{6}))?/.exec(url.pathname);
    if (!hit) return false;
    const ts = hit[2] ? `${hit[2]}.${hit[3]}` : "";
    this.wanted = ts;
    const under = url.searchParams.get("thread_ts");
    this.go(hit[1], true);
    if (under) this.thread(under);
    return true;
  }

  /** docs.slack.dev/interactivity/deep-linking: to a channel, else to the app, whose Home comes first. */
  deepLink(asked) {
    if (asked.get("channel")) this.go(asked.get("channel"), true);
    else if (asked.get("tab") === "messages") this.go(this.view.apps[0].direct, true);
    else this.home();
    return true;
  }

  jump(ts) {
    this.wanted = ts;
    this.show("messages");
  }

  flash() {
    const node = this.root.querySelector(`[data-ts="${CSS.escape(this.wanted)}"]`);
    this.wanted = "";
    if (!node) return;
    node.scrollIntoView({ block: "center" });
    node.classList.add("flash");
    setTimeout(() => node.classList.remove("flash"), 2500);
  }

  unread(room) {
    const seen = this.seen.get(this.user) || {};
    return Boolean(room.last) && Number(room.last) > Number(seen[room.id] || 0);
  }

  /** What stood there at the first look counts as read, and so does what is on the screen. */
  read() {
    const all = [...this.view.rooms, ...this.view.directs];
    if (!this.seen.has(this.user)) this.seen.set(this.user, Object.fromEntries(all.map((room) => [room.id, room.last])));
    const here = all.find((room) => room.id === this.view.channel);
    if (here) this.seen.get(this.user)[here.id] = here.last;
  }
}
