// Sets language, direction and theme before the first paint. The same keys are written by i18n/ and shell/theme.
(() => {
  const root = document.documentElement;
  let language = null;
  let theme = null;
  try {
    language = localStorage.getItem("wasl.language");
    theme = localStorage.getItem("wasl.theme");
  } catch {
    // Storage can be forbidden; then the browser's own preferences count.
  }
  language ??= (navigator.language || "en").toLowerCase().startsWith("ar") ? "ar" : "en";
  root.lang = language;
  root.dir = language === "ar" ? "rtl" : "ltr";
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
})();
