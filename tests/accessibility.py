"""What axe-core finds in a page as it is now, and whether the page fits."""

from conftest import ROOT

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")

# In the scheme that the page does not show, only the rules on color can tell anything else.
RUN = """async ([places, rules]) => {
  const { body } = document;
  const shown = body.dataset.mdColorScheme;
  const all = { resultTypes: ["violations"], rules: Object.fromEntries(rules.map((id) => [id, { enabled: true }])) };
  const colors = { resultTypes: ["violations"], runOnly: ["color-contrast", "link-in-text-block"] };
  const run = async (scheme) => {
    body.dataset.mdColorScheme = scheme;
    for (const animation of document.getAnimations()) if (animation instanceof CSSTransition) animation.finish();
    return axe.run(places ?? document, scheme === shown ? all : colors);
  };
  const found = [await run(shown), await run(shown === "slate" ? "default" : "slate")];
  body.dataset.mdColorScheme = shown;
  const problems = found.flatMap(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`)));
  return [found.map(({ passes }) => passes.map(({ id }) => id)), problems];
}"""


def assert_axe_is_content(page, places=None, rules=()):
    """Fail where axe finds fault with a page, or with some `places` in it, in the light or in the dark.

    `rules` are run besides those that axe runs by itself.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    (passed, colors), problems = page.evaluate(RUN, [places, list(rules)])
    assert not problems, "\n".join(problems)
    assert {"color-contrast", *rules} <= {*passed} & {*colors, *rules}


def assert_nothing_is_wider(page, *widths):
    """Fail where a page is wider than a window of one of these widths; the last stays."""
    height = page.viewport_size["height"]
    for width in widths:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
