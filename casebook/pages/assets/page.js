(function () {
  "use strict";
  var root = document.documentElement, key = "casebook-theme";
  function kept() { try { return localStorage.getItem(key); } catch (e) { return null; } }
  function keep(value) { try { localStorage.setItem(key, value); } catch (e) { return; } }
  if (kept()) { root.dataset.theme = kept(); }
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("button[hidden]").forEach(function (b) { b.hidden = false; });
    var theme = document.getElementById("theme"), code = document.getElementById("code");
    function dark() {
      return root.dataset.theme ? root.dataset.theme === "dark"
        : matchMedia("(prefers-color-scheme: dark)").matches;
    }
    function press(button, on) { button.setAttribute("aria-pressed", String(on)); }
    if (theme) {
      press(theme, dark());
      theme.addEventListener("click", function () {
        root.dataset.theme = dark() ? "light" : "dark";
        keep(root.dataset.theme);
        press(theme, dark());
      });
    }
    if (code) {
      code.addEventListener("click", function () {
        var open = code.getAttribute("aria-pressed") !== "true";
        document.querySelectorAll("details.code").forEach(function (d) { d.open = open; });
        press(code, open);
      });
    }
  });
})();
