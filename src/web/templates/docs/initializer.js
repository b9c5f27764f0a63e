// The colors follow the setting of the device. Swagger UI has dark colors for this class.
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();

window.ui = SwaggerUIBundle({
  url: "../openapi.json",
  dom_id: "#docs",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  // The tags are in the order of the document, and closed: there are many operations.
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  filter: true,
  validatorUrl: null,
});

// What screen readers and keyboards miss in Swagger UI: names of fields and tables, the levels of
// headings, a way to an example that is larger than its box, and buttons without a link inside
// (the address shows the open operation anyway).
const each = (selector, work) => document.querySelectorAll(selector).forEach(work);
const mend = () => {
  each("select:not([aria-label])", (field) => {
    const parameter = field.closest("[data-param-name]");
    const other = field.closest(".servers") ? "Server" : "Media type";
    field.setAttribute("aria-label", parameter ? parameter.dataset.paramName : other);
  });
  each(".responses-table:not([aria-label])", (table) => table.setAttribute("aria-label", table.id));
  // The title is a heading of level 1, and the next ones begin at 3.
  each(":is(h3, h4, h5):not([aria-level])", (heading) => {
    heading.setAttribute("aria-level", heading.tagName[1] - 1);
  });
  each(".microlight:not([tabindex])", (example) => example.setAttribute("tabindex", "0"));
  each(".opblock-summary-control a[href]", (link) => link.removeAttribute("href"));
};
new MutationObserver(mend).observe(document.getElementById("docs"), { childList: true, subtree: true });
