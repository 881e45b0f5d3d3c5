/* In the head, before anything is painted: the theme, and the words of what is being done. */
(function () {
  "use strict";
  var root = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)");
  function kept(key) { try { return localStorage.getItem(key); } catch (e) { return null; } }
  function keep(key, value) { try { localStorage.setItem(key, value); } catch (e) { return; } }
  function isDark() { return root.dataset.theme ? root.dataset.theme === "dark" : dark.matches; }
  function tell() {
    [root, document.body].forEach(function (one) {
      if (one) { one.dataset.jpThemeLight = String(!isDark()); }
    });
  }
  if (kept("casebook-theme")) { root.dataset.theme = kept("casebook-theme"); }
  tell();
  dark.addEventListener("change", tell);
  document.addEventListener("DOMContentLoaded", tell);
  window.casebook = {
    kept: kept, keep: keep, isDark: isDark, at: null,
    turn: function () {
      root.dataset.theme = isDark() ? "light" : "dark";
      keep("casebook-theme", root.dataset.theme);
      tell();
    },
    step: function (at) {
      this.at = at;
      if (this.show) { this.show(); return; }
      var said = document.getElementById("cb-step");
      if (said) { said.textContent = at.words ? at.words : at.step + " / " + at.of; }
    }
  };
})();
