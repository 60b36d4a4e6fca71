// The shell's own script: theme, menu, drawer, profile switch. No eval, nothing from outside.
"use strict";
(() => {
  const root = document.documentElement;
  const stored = () => { try { return localStorage.getItem("catalynx-theme"); } catch { return null; } };
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => { root.dataset.theme = stored() || (prefersDark.matches ? "dark" : "light"); };
  apply();

  // Charts are painted on canvases with the colours of the style sheet: paint them anew when those change.
  const repaint = () => {
    const seen = new Set();
    const walk = (view) => {
      if (!view || seen.has(view)) { return; }
      seen.add(view);
      if (typeof view.request_repaint === "function") { view.request_repaint(); }
      if (typeof view.children === "function") { for (const child of view.children()) { walk(child); } }
      for (const child of view.child_views || []) { walk(child); }
    };
    if (window.Bokeh && window.Bokeh.index) { for (const view of window.Bokeh.index.roots || []) { walk(view); } }
  };
  prefersDark.addEventListener("change", () => { apply(); repaint(); });

  // Sliders are named after their title: the framework leaves their handles without a name. What else it leaves out is added too.
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const made = attach.call(this, options);
    new MutationObserver(() => {
      const title = made.querySelector(".bk-slider-title");
      for (const handle of title ? made.querySelectorAll(".noUi-handle") : []) {
        const [name, ...value] = title.textContent.split(":");
        handle.setAttribute("aria-label", name);
        handle.setAttribute("aria-valuetext", value.join(":").trim());
      }
      // A fold says whether it is open; the framework draws it alone.
      const head = made.querySelector("button.fold");
      if (head) { head.setAttribute("aria-expanded", String(head.querySelector(".icon-tabler-chevron-down") !== null)); }
      // What a button asked for can be out of sight: the reader is taken there, once.
      const goal = made.querySelector("[data-goal]");
      if (goal) {
        goal.removeAttribute("data-goal");
        setTimeout(() => { goal.scrollIntoView({ block: "center" }); goal.focus({ preventScroll: true }); });
      }
    }).observe(made, { childList: true, subtree: true });
    return made;
  };

  // Filters are written into the URL by the page without an event; going back to another query loads it.
  let search = location.search;
  const push = history.pushState.bind(history);
  history.pushState = (...parts) => { push(...parts); search = location.search; };
  addEventListener("popstate", () => { if (location.search !== search) { location.reload(); } });

  // Say so when the connection to the server is lost.
  let leaving = false;
  addEventListener("pagehide", () => { leaving = true; });
  window.WebSocket = class extends WebSocket {
    constructor(...parts) {
      super(...parts);
      this.addEventListener("close", () => { if (!leaving) { document.getElementById("lost").hidden = false; } });
    }
  };

  // "Save picture" under a chart: drawn as the framework's own save tool draws it, on the colour of the page.
  const within = (view) => [...(typeof view.children === "function" ? view.children() : []), ...(view.child_views || [])];
  const plots = (view) => (view.canvas_view ? [view] : within(view).filter(Boolean).flatMap(plots));
  const nearest = (views, nodes) => {
    for (const view of views) {
      if (!view || !nodes.has(view.el)) { continue; }
      return nearest(within(view), nodes) || (plots(view).length ? view : null);
    }
    return null;
  };
  const savePicture = async (button, path) => {
    const holder = nearest([...window.Bokeh.index.roots], new Set(path));
    if (!holder) { return; }
    const picture = await createImageBitmap(await plots(holder)[0].export().to_blob());
    const sheet = Object.assign(document.createElement("canvas"), { width: picture.width, height: picture.height });
    const pen = sheet.getContext("2d");
    pen.fillStyle = getComputedStyle(root).getPropertyValue("--surface");
    pen.fillRect(0, 0, sheet.width, sheet.height);
    pen.drawImage(picture, 0, 0);
    sheet.toBlob((file) => {
      const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: `${button.dataset.picture}.png` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    });
  };
  addEventListener("click", (event) => {
    const button = event.composedPath().find((node) => node instanceof HTMLElement && node.dataset.picture);
    if (button) { savePicture(button, event.composedPath()); }
  });

  addEventListener("DOMContentLoaded", () => {
    const drawer = document.getElementById("drawer");
    const close = document.getElementById("drawer-close");
    let opener = null;
    let shown = null;
    const place = () => new URLSearchParams(location.hash.slice(1));
    const follow = () => {
      const wanted = place().has("evidence");
      if (wanted && !drawer.open) {
        if (innerWidth < 1100) { drawer.showModal(); } else { drawer.show(); }
        close.focus();
      } else if (!wanted && drawer.open) {
        drawer.close();
        if (opener && opener.isConnected) { opener.focus(); }
      }
      // Another number of the same candidate opens where the reader is.
      const candidate = place().get("evidence");
      if (wanted && candidate !== shown) { drawer.scrollTop = 0; }
      shown = candidate;
    };
    const leave = () => {
      const parts = place();
      parts.delete("evidence");
      parts.delete("criterion");
      parts.delete("closed");
      // A hash that names nothing on the page does not scroll it.
      location.hash = parts.toString() || "all";
    };
    // Links to a place in the page: followed here, before a pane takes the place for the name of an element.
    addEventListener("click", (event) => {
      const link = event.composedPath().find((node) => node instanceof HTMLAnchorElement);
      const target = link ? link.getAttribute("href") || "" : "";
      if (!target.startsWith("#") || target === "#main" || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) { return; }
      event.preventDefault();
      event.stopPropagation();
      if (target.includes("evidence=") && !event.composedPath().includes(drawer)) { opener = link; }
      if (target.includes("closed=")) {
        // What is closed takes its link along: the reader goes back to the one that opened it.
        const opens = link.getRootNode().host?.previousElementSibling?.shadowRoot?.querySelector("a.follow");
        if (opens) { opens.focus(); }
      }
      location.hash = target;
      // In one column what is chosen stands below the list: the reader goes along.
      const shows = link.closest("[data-shows]");
      if (shows && innerWidth < 1000) { document.getElementById("card-" + shows.dataset.shows).scrollIntoView(); }
    }, true);
    // Buttons in panes that change the page by a place, such as "leave out": a place is what a page is told.
    addEventListener("click", (event) => {
      const pressed = event.composedPath().find((node) => node instanceof HTMLElement && node.dataset.place);
      if (pressed) { location.hash = pressed.dataset.place; }
    });
    addEventListener("hashchange", follow);
    close.addEventListener("click", leave);
    drawer.addEventListener("cancel", (event) => { event.preventDefault(); leave(); });
    addEventListener("keydown", (event) => { if (event.key === "Escape" && drawer.open) { event.preventDefault(); leave(); } });
    follow();

    const menu = document.getElementById("menu");
    menu.addEventListener("click", () => {
      const open = menu.getAttribute("aria-expanded") !== "true";
      menu.setAttribute("aria-expanded", String(open));
      root.classList.toggle("menu-open", open);
    });
    document.getElementById("theme").addEventListener("click", () => {
      const next = root.dataset.theme === "dark" ? "light" : "dark";
      try { localStorage.setItem("catalynx-theme", next); } catch { /* without storage the switch lasts for this page */ }
      root.dataset.theme = next;
      repaint();
    });
    for (const field of document.querySelectorAll("[data-submit]")) { field.addEventListener("change", () => field.form.requestSubmit()); }
  });
})();
