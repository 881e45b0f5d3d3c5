/* A page behind a link: its own words in two languages, what it is doing, whether its kernel is
   there, and what was typed, kept in this browser until the record has it. */
(function () {
  "use strict";
  var page = JSON.parse(document.getElementById("cb-page").textContent);
  var app = window.casebook, LANGUAGE = "casebook-language";
  var chosen = app.kept(LANGUAGE), born = Date.now();
  var language = page.words[chosen] ? chosen : page.language;
  var state = { gone: "", missed: 0, offered: false, ready: false, told: [] };

  function by(id) { return document.getElementById(id); }
  function word(name, values) {
    var text = page.words[language][name] || name;
    Object.keys(values || {}).forEach(function (key) {
      text = text.replace("{" + key + "}", values[key]);
    });
    return text;
  }
  function element(tag, text, parent) {
    var made = document.createElement(tag);
    made.textContent = text;
    if (parent) { parent.append(made); }
    return made;
  }
  function action(text, act, parent) {
    var made = element("button", text, parent);
    made.type = "button";
    made.className = "cb-act";
    made.addEventListener("click", act);
    return made;
  }
  function say(text, stays) {
    by("cb-said").textContent = text;
    if (stays) { return; }
    setTimeout(function () { by("cb-said").textContent = ""; }, 5000);
  }

  /* Words. */
  function translate() {
    document.querySelectorAll("[data-word]").forEach(function (one) {
      one.textContent = word(one.dataset.word);
      one.lang = language;
    });
    document.querySelectorAll("[data-name]").forEach(function (one) {
      one.title = word(one.dataset.name);
      one.setAttribute("aria-label", one.title);
      one.lang = language;
    });
    ["cb-banner", "cb-drafts", "cb-progress", "cb-said"].forEach(function (id) {
      if (by(id)) { by(id).lang = language; }
    });
    app.show();
    banner();
    offer();
  }
  app.show = function () {
    var said = by("cb-step"), at = app.at;
    if (!said || state.ready) { return; }
    said.replaceChildren(document.createTextNode(!at ? word("opening") : at.step > at.of
      ? word("connecting") : word("step", at)));
    if (at && at.words) {
      var more = element("span", " " + at.words, said);
      more.lang = page.language;
    }
  };

  /* From what is computed to a form that is alive. */
  function settle() {
    document.querySelectorAll(".cb-live").forEach(function (live) {
      var still = live.previousElementSibling;
      if (live.querySelector(".jupyter-widgets") && still && still.matches(".cb-still")) {
        still.remove();
      }
    });
    var waiting = document.querySelector(".cb-live > script, .cb-live > :not(:has(.jupyter-widgets))");
    if (document.readyState === "complete" && !waiting && !state.ready) {
      state.ready = true;
      by("cb-progress").hidden = true;
      document.documentElement.dataset.casebook = "ready";
      setTimeout(offer, 300);
    }
  }
  function computed() {
    if (by("cb-skeleton")) { by("cb-skeleton").remove(); }
    app.at = { step: 2, of: 1, words: "" };
    app.show();
    settle();
  }

  /* The kernel. */
  function banner() {
    var box = by("cb-banner");
    if (!box) { return; }
    box.hidden = !state.gone;
    document.body.classList.toggle("cb-gone", Boolean(state.gone));
    if (!state.gone) { return; }
    var inside = document.createElement("div");
    element("p", word("gone_" + state.gone), inside).style.fontWeight = "600";
    element("p", word("gone_kept"), inside);
    action(word("again"), function () { location.reload(); }, inside);
    box.replaceChildren(inside);
  }
  function gone(why) {
    if (state.gone === why) { return; }
    state.gone = why;
    banner();
  }
  function look() {
    if (!page.kernel || (state.gone && state.gone !== "unreachable")) { return; }
    fetch(page.base + "casebook/state/" + page.kernel, { cache: "no-store" }).then(function (reply) {
      if (reply.status === 403 || reply.redirected) { return { state: "ended", why: "login" }; }
      if (!reply.ok) { throw new Error(String(reply.status)); }
      return reply.json();
    }).then(function (told) {
      state.missed = 0;
      gone(told.state === "ended" ? told.why || "died" : "");
      (told.incidents || []).forEach(function (name) {
        if (state.told.indexOf(name) < 0) {
          state.told.push(name);
          say(word("incident", { name: name }), true);
        }
      });
    }).catch(function () {
      state.missed += 1;
      if (state.missed > 1) { gone("unreachable"); }
    });
  }

  /* Drafts: by the label of a field, until the record says the same or somebody decides. */
  var PREFIX = "casebook-drafts:", KEY = PREFIX + page.case + ":" + page.name;
  var FIELDS = "textarea, input:not([type]), input[type=text], input[type=search], " +
    "input[type=number], input[type=email], input[type=url], input[type=tel], input[type=date]";
  function read(key) {
    try { return JSON.parse(app.kept(key) || "{}") || {}; } catch (e) { return {}; }
  }
  function write(key, drafts) {
    try {
      if (Object.keys(drafts).length) { localStorage.setItem(key, JSON.stringify(drafts)); }
      else { localStorage.removeItem(key); }
    } catch (e) { return; }
  }
  function label(field) {
    var named = field.labels && field.labels[0] ? field.labels[0].textContent : "";
    return (named || field.getAttribute("aria-label") || field.placeholder || "").trim();
  }
  function fields() {
    var seen = {}, found = [];
    document.querySelectorAll("main :is(" + FIELDS + ")").forEach(function (field) {
      var name = label(field);
      if (!name || field.closest("[data-no-draft], .cb-still")) { return; }
      seen[name] = (seen[name] || 0) + 1;
      found.push({ field: field, name: seen[name] > 1 ? name + " (" + seen[name] + ")" : name });
    });
    return found;
  }
  function prune() {
    var oldest = Date.now() - page.keep_days * 86400000;
    try {
      Object.keys(localStorage).filter(function (key) { return key.startsWith(PREFIX); })
        .forEach(function (key) {
          var drafts = read(key);
          Object.keys(drafts).forEach(function (name) {
            if (!(drafts[name].at > oldest)) { delete drafts[name]; }
          });
          write(key, drafts);
        });
    } catch (e) { return; }
  }
  function typed(event) {
    var one = fields().find(function (found) { return found.field === event.target; });
    if (!one) { return; }
    var drafts = read(KEY);
    drafts[one.name] = { text: one.field.value, at: Date.now() };
    write(KEY, drafts);
  }
  function put(field, text) {
    var kind = field.tagName === "TEXTAREA" ? HTMLTextAreaElement : HTMLInputElement;
    Object.getOwnPropertyDescriptor(kind.prototype, "value").set.call(field, text);
    ["input", "change"].forEach(function (name) {
      field.dispatchEvent(new Event(name, { bubbles: true }));
    });
  }
  function unsaved() {
    var drafts = read(KEY), found = [], known = {};
    fields().forEach(function (one) {
      var draft = drafts[one.name];
      known[one.name] = true;
      if (!draft || draft.at >= born) { return; }  // typed since the page was opened
      if (draft.text.trim() === one.field.value.trim()) { delete drafts[one.name]; }
      else { found.push({ name: one.name, text: draft.text }); }
    });
    write(KEY, drafts);
    Object.keys(drafts).forEach(function (name) {
      if (!known[name] && drafts[name].at < born) {
        found.push({ name: name, text: drafts[name].text });
      }
    });
    return found;
  }
  function close() {
    by("cb-drafts").hidden = true;
    state.offered = true;
    by("content").focus();
  }
  function forget() {
    write(KEY, {});
    close();
    say(word("forgotten"));
  }
  function offer() {
    var box = by("cb-drafts");
    if (!box || !state.ready || state.offered) { return; }
    var found = unsaved();
    box.hidden = !found.length;
    if (!found.length) { state.offered = true; return; }
    var inside = document.createElement("div");
    element("h2", word("drafts_title"), inside);
    element("p", word("drafts_say", { days: page.keep_days }), inside);
    var list = element("dl", "", inside);
    found.forEach(function (one) {
      element("dt", one.name, list).lang = page.language;
      element("dd", one.text || "–", list);
    });
    action(word("drafts_put"), function () {
      fields().forEach(function (now) {
        var one = found.find(function (kept) { return kept.name === now.name; });
        if (one) { put(now.field, one.text); }
      });
      close();
    }, inside);
    action(word("drafts_later"), close, inside);
    action(word("forget"), forget, inside);
    box.replaceChildren(inside);
  }

  document.querySelectorAll("button[hidden].tool").forEach(function (one) { one.hidden = false; });
  if (by("theme")) {
    var press = function () { by("theme").setAttribute("aria-pressed", String(app.isDark())); };
    by("theme").addEventListener("click", function () { app.turn(); press(); });
    press();
  }
  if (by("language")) {
    by("language").addEventListener("click", function () {
      language = language === "ko" ? "en" : "ko";
      app.keep(LANGUAGE, language);
      translate();
    });
  }
  if (by("forget")) { by("forget").addEventListener("click", forget); }
  prune();
  translate();
  if (!page.kernel) { return; }
  document.addEventListener("input", typed, true);
  new MutationObserver(settle).observe(by("content"), { childList: true, subtree: true });
  window.addEventListener("load", function () { computed(); settle(); });
  document.addEventListener("visibilitychange", function () { if (!document.hidden) { look(); } });
  window.addEventListener("pageshow", function (event) { if (event.persisted) { look(); } });
  setInterval(look, page.look_every * 1000);
})();
