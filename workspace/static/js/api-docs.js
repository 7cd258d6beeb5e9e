// The description of the API, to read and to try: Swagger UI, as whoever is signed in.
const place = document.getElementById("api-docs");
const dark = matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;

function followTheme() {
  const isDark = root.dataset.theme ? root.dataset.theme === "dark" : dark.matches;
  root.classList.toggle("dark-mode", isDark);
}

dark.addEventListener("change", followTheme);
new MutationObserver(followTheme).observe(root, { attributeFilter: ["data-theme"] });
followTheme();

SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  defaultModelsExpandDepth: -1,
  validatorUrl: null,
  requestInterceptor(request) {
    const isChange = !["GET", "HEAD"].includes((request.method ?? "GET").toUpperCase());
    if (isChange && new URL(request.url, location.href).origin === location.origin) {
      request.headers["X-CSRFToken"] = place.dataset.csrf;
    }
    return request;
  },
  onComplete: () => place.removeAttribute("aria-busy"),
});
