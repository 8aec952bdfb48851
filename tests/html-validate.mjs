/* How `make audit` reads the HTML: by the standard and for accessibility, not for a style. */

export default {
  root: true,
  extends: ["html-validate:recommended"],
  rules: {
    // The templates leave blank lines and spaces behind. Packed they weigh next to nothing.
    "no-trailing-whitespace": "off",
    // Style alone: to the standard `<!doctype html>` is as good.
    "doctype-style": "off",
    // The theme's ids begin with underscores; the standard forbids only spaces in them.
    "valid-id": ["error", { relaxed: true }],
  },
};
